import Foundation
import Platform

/// Small files, made by Python and libarchive.
enum ArchiveSamples {
    /// What is in each of them, as `ratings.csv` where it has a name.
    static let text = Array("user,item,rating\n1,10,4.5\n2,10,3\n".utf8)

    /// The text in each format; the tar file is compressed by bzip2.
    static let all: [ArchiveFormat: [UInt8]] = [
        .gzip: decoded(
            "H4sIAAAAAAACAystTi3SySxJzdUpSizJzEvnMtQxNNAx0TPlMgIxjLkAJeFwXyEAAAA="),
        .bzip2: decoded(
            "QlpoOTFBWSZTWZXmFQ8AABBZgAAQAAV+ACKjHgAgACGpkDCBkKZMTIMjHVERB3j2CsCIPiIg7+gjmst8XckU4UJCV5hUPA=="),
        .xz: decoded(
            """
            /Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQAgdXNlcixpdGVtLHJhdGluZwoxLDEwLDQuNQoyLDEwLDMKAAAAAHrvBs//Cd/w\
            AAE5Ic8oa2IftvN9AQAAAAAEWVo=
            """),
        .zstd: decoded(
            "KLUv/QRoCQEAdXNlcixpdGVtLHJhdGluZwoxLDEwLDQuNQoyLDEwLDMKpv008A=="),
        .lzma: decoded(
            "XQAAgAD//////////wA6nMjO31orqeXuWIIlq/rjHemxQP2kos062840Evs7KRocYyv//xM4AAA="),
        .compress: decoded(
            "H52QdeaUkcMiDZ0ybVjICUMnjZszCmKwiAGDBQ0XNRTImFhxhgI="),
        .zip: decoded(
            """
            UEsDBBQAAAAIAAAAIQAl4XBfIAAAACEAAAALAAAAcmF0aW5ncy5jc3YrLU4t0sksSc3VKUosycxL5zLUMTTQMdEz5TICMYy5\
            AFBLAQIUAxQAAAAIAAAAIQAl4XBfIAAAACEAAAALAAAAAAAAAAAAAACAAQAAAAByYXRpbmdzLmNzdlBLBQYAAAAAAQABADkA\
            AABJAAAAAAA=
            """),
        .sevenZip: decoded(
            """
            N3q8ryccAAMcwPbEKwAAAAAAAABKAAAAAAAAAHC77JMAOpzIzt9aK6nl7liCJav64x3psUD9pKLNOtvONBL7OykaHGMr//8T\
            OAAAAQQGAAEJKwAHCwEAASMDAQEFXQAAgAAMIQAICgEl4XBfAAAFAREZAHIAYQB0AGkAbgBnAHMALgBjAHMAdgAAABUGAQAg\
            gKSBAAA=
            """),
        .tar: decoded(
            """
            QlpoOTFBWSZTWYDgltsAAEbbkdKQQAV/BAIAaqMfAAQAQAAACCAAahophPUaMmgDQbUGk9TUNBo0NNAyBPTtUgjgCEe3AMBB\
            4KXM4BDD8ozsuEKJ43EwTxaQEZsxFkpZZCIa5rSoMdJSdelIBTlQEXToJli0qK3ogVWyIvxdyRThQkIDglts
            """),
    ]

    /// A zip file whose member needs a password.
    static let encrypted = decoded(
        """
        UEsDBBQACQAIAAAAIQAAAAAAAAAAACEAAAALABQAcmF0aW5ncy5jc3ZVVAEAAHV4CwABBAAAAAAEAAAAADkURydu41utkRnJ\
        a1FoFycA2vTmopn+s8rdWwoxhBligpT570xdCJTgt6hpUEsHCCXhcF8sAAAAIQAAAFBLAQIUAxQACQAIAAAAIQAl4XBfLAAA\
        ACEAAAALABQAAAAAAAAAAACkgQAAAAByYXRpbmdzLmNzdlVUAQAAdXgLAAEEAAAAAAQAAAAAUEsFBgAAAAABAAEATQAAAHkA\
        AAAAAA==
        """)

    /// 45 MiB of the digit 1 by bzip2, 81 bytes; several in a row are one file.
    static let ones = decoded(
        """
        QlpoOTFBWSZTWe1u+jQBX44IAKAAAAggADCATUZCoCWpCoCXMUFZJl\
        NZvTaGFAAJ2ogEoAAAAQAIIAAwzAmqaZIhW1REK8XckU4UJBn63J9A
        """)

    private static func decoded(_ text: String) -> [UInt8] {
        guard let data = Data(base64Encoded: text) else { preconditionFailure("not Base64: \(text)") }
        return Array(data)
    }
}
