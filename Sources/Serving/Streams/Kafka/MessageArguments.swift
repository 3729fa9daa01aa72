internal import CRDKafka
internal import Foundation

/// A message as librdkafka takes it: pieces of one block of memory, each with a zero behind it, so that none is without an
/// address, which only a tombstone is.
struct MessageArguments {
    private struct Piece {
        let type: rd_kafka_vtype_t
        /// Where the name of a header begins.
        let name: Int
        /// nil where there is no value.
        let start: Int?
        let count: Int
    }

    private var bytes: [UInt8] = []
    private var pieces: [Piece] = []
    private let time: Int64?

    init(_ message: KafkaMessage) {
        time = message.time
        append(RD_KAFKA_VTYPE_TOPIC, Data(message.topic.utf8))
        append(RD_KAFKA_VTYPE_KEY, message.key)
        append(RD_KAFKA_VTYPE_VALUE, message.value)
        for header in message.headers {
            let name = bytes.count
            bytes += Array(header.name.utf8) + [0]
            append(RD_KAFKA_VTYPE_HEADER, header.value, name: name)
        }
    }

    private mutating func append(_ type: rd_kafka_vtype_t, _ data: Data?, name: Int = 0) {
        pieces.append(Piece(type: type, name: name, start: data.map { _ in bytes.count }, count: data?.count ?? 0))
        if let data { bytes += data + [0] }
    }

    /// Hands the message over; librdkafka copies it.
    ///
    /// - Parameter number: comes back with the report of its delivery.
    @unsafe mutating func produce(to handle: OpaquePointer, number: Int) -> rd_kafka_resp_err_t {
        let (pieces, time) = (pieces, time)
        return unsafe bytes.withUnsafeMutableBytes { block in
            var arguments = unsafe pieces.map { unsafe Self.argument($0, in: block) }
            var flags = unsafe rd_kafka_vu_t()
            unsafe flags.vtype = RD_KAFKA_VTYPE_MSGFLAGS
            unsafe flags.u.i = RD_KAFKA_MSG_F_COPY
            var opaque = unsafe rd_kafka_vu_t()
            unsafe opaque.vtype = RD_KAFKA_VTYPE_OPAQUE
            unsafe opaque.u.ptr = UnsafeMutableRawPointer(bitPattern: number)
            unsafe arguments += [flags, opaque]
            if let time {
                var argument = unsafe rd_kafka_vu_t()
                unsafe argument.vtype = RD_KAFKA_VTYPE_TIMESTAMP
                unsafe argument.u.i64 = time
                unsafe arguments.append(argument)
            }
            let problem = unsafe rd_kafka_produceva(handle, &arguments, arguments.count)
            guard let problem = unsafe problem else { return RD_KAFKA_RESP_ERR_NO_ERROR }
            defer { unsafe rd_kafka_error_destroy(problem) }
            return unsafe rd_kafka_error_code(problem)
        }
    }

    private static func argument(_ piece: Piece, in block: UnsafeMutableRawBufferPointer) -> rd_kafka_vu_t {
        var argument = unsafe rd_kafka_vu_t()
        unsafe argument.vtype = piece.type
        let start = unsafe piece.start.flatMap { start in unsafe block.baseAddress.map { unsafe $0 + start } }
        switch piece.type {
        case RD_KAFKA_VTYPE_TOPIC:
            unsafe argument.u.cstr = UnsafePointer(start?.assumingMemoryBound(to: CChar.self))
        case RD_KAFKA_VTYPE_HEADER:
            let name = unsafe block.baseAddress.map { unsafe $0 + piece.name }
            unsafe argument.u.header.name = UnsafePointer(name?.assumingMemoryBound(to: CChar.self))
            unsafe argument.u.header.val = UnsafeRawPointer(start)
            unsafe argument.u.header.size = piece.count
        default:
            unsafe argument.u.mem.ptr = start
            unsafe argument.u.mem.size = piece.count
        }
        return unsafe argument
    }
}
