import Synchronization

/// The objects that C holds by handle.
///
/// A handle is a number in the place of a pointer, and no number is given twice: one that was freed, or never given, is told
/// from those in use, and nothing is ever read through it. An object that is freed while a function uses it stays until then.
enum Handles {
    private struct Table {
        var objects: [Int: any AnyObject & Sendable] = [:]
        var last = 0
    }

    private static let table = Mutex(Table())

    /// A new handle of an object.
    @safe static func insert(_ object: any AnyObject & Sendable) -> OpaquePointer? {
        unsafe table.withLock { table in
            // Apart from each other and from 0, as pointers are.
            table.last += 16
            table.objects[table.last] = object
            return unsafe OpaquePointer(bitPattern: table.last)
        }
    }

    /// The object of a handle; nil for one that was freed, is NULL or is of another kind.
    @safe static func object<Object: AnyObject>(_ handle: OpaquePointer?, _ kind: Object.Type = Object.self) -> Object?
    {
        let key = Int(bitPattern: handle)
        return table.withLock { $0.objects[key] } as? Object
    }

    /// The object of a handle.
    ///
    /// - Parameter noun: what C calls such an object.
    /// - Throws: `Failure` for a handle of no such object.
    @safe static func object<Object: AnyObject>(_ handle: OpaquePointer?, noun: String) throws(Failure) -> Object {
        guard let object: Object = object(handle) else {
            throw .value("the handle names no \(noun): it was freed, or is of something else")
        }
        return object
    }

    /// Forgets an object of a kind; does nothing for handles of others.
    @safe static func remove<Object: AnyObject>(_ handle: OpaquePointer?, _ kind: Object.Type) {
        let key = Int(bitPattern: handle)
        // The object ends outside the lock: it may be large.
        let removed = table.withLock { table in
            table.objects[key] is Object ? table.objects.removeValue(forKey: key) : nil
        }
        _ = removed
    }
}
