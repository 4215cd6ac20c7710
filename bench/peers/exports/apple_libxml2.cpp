// A SAX loop with libxml2 over an export of Apple Health, one thread: apple_libxml2 EXPORT.xml OUT.csv
#include <libxml/parser.h>
#include <vector>
#include "apple_records.hpp"

static std::string_view text_of(const xmlChar *from) { return (const char *)from; }

static void start(void *data, const xmlChar *name, const xmlChar *, const xmlChar *, int, const xmlChar **, int count, int, const xmlChar **attributes) {
    auto &records = *(AppleRecords *)data;
    std::string_view tag = text_of(name);
    if (tag == "Record") {
        std::string_view type, unit, value, source, from;
        // Name, prefix, namespace, start and end of the value.
        for (int i = 0; i < count; i++, attributes += 5) {
            std::string_view key = text_of(attributes[0]), text((const char *)attributes[3], attributes[4] - attributes[3]);
            if (key == "type") type = text;
            else if (key == "unit") unit = text;
            else if (key == "value") value = text;
            else if (key == "sourceName") source = text;
            else if (key == "startDate") from = text;
        }
        records.add(type, unit, value, source, from);
    } else if (tag == "Correlation") {
        records.correlations++;
    }
}

static void end(void *data, const xmlChar *name, const xmlChar *, const xmlChar *) {
    if (text_of(name) == "Correlation") ((AppleRecords *)data)->correlations--;
}

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    AppleRecords records;
    int file = open_input(argv[1]);
    xmlSAXHandler handler = {};
    handler.initialized = XML_SAX2_MAGIC;
    handler.startElementNs = start;
    handler.endElementNs = end;
    xmlParserCtxtPtr parser = xmlCreatePushParserCtxt(&handler, &records, nullptr, 0, nullptr);
    xmlCtxtUseOptions(parser, XML_PARSE_HUGE | XML_PARSE_NONET);
    std::vector<char> chunk(chunk_bytes);
    for (;;) {
        ssize_t length = read(file, chunk.data(), chunk.size());
        if (length < 0) return 1;
        if (int error = xmlParseChunk(parser, chunk.data(), (int)length, length == 0)) {
            std::fprintf(stderr, "libxml2: error %d in line %d\n", error, xmlSAX2GetLineNumber(parser));
            return 1;
        }
        if (length == 0) break;
    }
    xmlFreeParserCtxt(parser);
    return records.table.write(argv[2]);
}
