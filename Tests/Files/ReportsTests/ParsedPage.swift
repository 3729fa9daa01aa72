import Foundation

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// A page as a strict parser of XML sees it.
final class ParsedPage: NSObject, XMLParserDelegate {
    final class Element {
        let name: String
        let attributes: [String: String]
        /// All text within, that of elements inside among it.
        var text = ""

        init(_ name: String, _ attributes: [String: String]) {
            self.name = name
            self.attributes = attributes
        }
    }

    /// In the order of their beginnings.
    private(set) var elements: [Element] = []
    private var open: [Element] = []

    /// - Throws: what the parser says of a page that is not well-formed.
    init(_ page: String) throws {
        super.init()
        let parser = XMLParser(data: Data(page.utf8))
        parser.delegate = self
        guard parser.parse() else { throw parser.parserError ?? CocoaError(.fileReadCorruptFile) }
    }

    /// The texts of the elements of this name and class.
    func texts(_ name: String, of cssClass: String? = nil) -> [String] {
        elements.filter { $0.name == name && (cssClass == nil || classes($0).contains(cssClass ?? "")) }.map(\.text)
    }

    /// The values of an attribute, of elements of any name.
    func values(_ attribute: String) -> [String] { elements.compactMap { $0.attributes[attribute] } }

    private func classes(_ element: Element) -> [String] {
        (element.attributes["class"] ?? "").split(separator: " ").map(String.init)
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        let element = Element(name, attributes)
        elements.append(element)
        open.append(element)
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
        for element in open { element.text += text }
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        open.removeLast()
    }
}
