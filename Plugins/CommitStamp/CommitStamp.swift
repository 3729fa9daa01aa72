import Foundation
import PackagePlugin

/// Writes the commit that a build was made from into a source file, for `kindred version`.
///
/// It runs before every build and leaves the file alone while the commit is the same. A manifest could ask for the commit too, but
/// is not evaluated again when only the commit changes.
@main
struct CommitStamp: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) -> [Command] {
        let folder = context.pluginWorkDirectoryURL.appending(path: "Commit")
        let script = """
            commit=$(git -C "$1" describe --always --dirty --abbrev=9 --exclude '*' 2>/dev/null || echo unknown)
            line="let buildCommit = \\"$commit\\""
            mkdir -p "$2"
            if [ "$(cat "$2/BuildCommit.swift" 2>/dev/null)" != "$line" ]; then
                printf '%s\\n' "$line" >"$2/BuildCommit.swift"
            fi
            """
        return [
            .prebuildCommand(
                displayName: "Noting the commit", executable: URL(fileURLWithPath: "/bin/sh"),
                arguments: ["-c", script, "sh", context.package.directoryURL.path(), folder.path()],
                outputFilesDirectory: folder)
        ]
    }
}
