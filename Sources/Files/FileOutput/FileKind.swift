import Foundation

/// The kind of file at a path, following symbolic links.
package enum FileKind {
    case missing
    case folder
    case file

    package init(_ path: String) {
        let resolved = URL(fileURLWithPath: path).resolvingSymlinksInPath()
        let values = try? resolved.resourceValues(forKeys: [.isDirectoryKey])
        self = values.map { $0.isDirectory == true ? .folder : .file } ?? .missing
    }
}
