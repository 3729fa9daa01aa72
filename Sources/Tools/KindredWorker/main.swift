import Worker

guard CommandLine.argc == 1 else {
    let text = """
        kindred-worker \(WorkerProtocol.kindred), protocol \(WorkerProtocol.version)
        A cluster's tasks run it, without arguments: it reads frames from standard input and writes frames to standard output.

        """
    try? Descriptor.writeOutput(Array(text.utf8))
    Descriptor.end(64)
}
Descriptor.ignoreBrokenPipes()
Descriptor.endWithReader()
#if KINDRED_CHECKS
    let fault = Fault()
    var session = WorkerSession(machine: .current, from: fault.source, to: fault.sink)
#else
    var session = WorkerSession(machine: .current, from: Descriptor.readInput, to: Descriptor.writeOutput)
#endif
if let failure = session.run(beforeLast: Descriptor.letReaderGo) {
    Descriptor.report(failure.description)
    Descriptor.end(failure.code.rawValue)
}
