import Foundation

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// A page parsed as strict XML.
final class ParsedPage: NSObject, XMLParserDelegate {
    final class Element {
        let name: String
        let attributes: [String: String]
        /// All text, including that of nested elements.
        var text = ""

        init(_ name: String, _ attributes: [String: String]) {
            self.name = name
            self.attributes = attributes
        }
    }

    /// In document order.
    private(set) var elements: [Element] = []
    private var open: [Element] = []

    /// - Throws: the parser's error if the page is not well-formed.
    init(_ page: String) throws {
        super.init()
        let parser = XMLParser(data: Data(page.utf8))
        parser.delegate = self
        guard parser.parse() else { throw parser.parserError ?? CocoaError(.fileReadCorruptFile) }
    }

    /// The texts of the elements with this name and class.
    func texts(_ name: String, of cssClass: String? = nil) -> [String] {
        elements.filter { $0.name == name && (cssClass == nil || classes($0).contains(cssClass ?? "")) }.map(\.text)
    }

    /// The values of an attribute over all elements.
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
