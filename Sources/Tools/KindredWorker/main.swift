import Worker

print(WorkerProtocol.version)
