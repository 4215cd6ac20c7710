// A SAX loop with expat over an export of Apple Health, one thread: apple_expat EXPORT.xml OUT.csv
#include <expat.h>
#include "apple_records.hpp"

static void start(void *data, const XML_Char *name, const XML_Char **attributes) {
    auto &records = *(AppleRecords *)data;
    std::string_view tag = name;
    if (tag == "Record") {
        std::string_view type, unit, value, source, from;
        for (; *attributes; attributes += 2) {
            std::string_view key = attributes[0];
            if (key == "type") type = attributes[1];
            else if (key == "unit") unit = attributes[1];
            else if (key == "value") value = attributes[1];
            else if (key == "sourceName") source = attributes[1];
            else if (key == "startDate") from = attributes[1];
        }
        records.add(type, unit, value, source, from);
    } else if (tag == "Correlation") {
        records.correlations++;
    }
}

static void end(void *data, const XML_Char *name) {
    if (std::string_view(name) == "Correlation") ((AppleRecords *)data)->correlations--;
}

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    AppleRecords records;
    int file = open_input(argv[1]);
    XML_Parser parser = XML_ParserCreate(nullptr);
    XML_SetUserData(parser, &records);
    XML_SetElementHandler(parser, start, end);
    for (;;) {
        ssize_t length = read(file, XML_GetBuffer(parser, chunk_bytes), chunk_bytes);
        if (length < 0) return 1;
        if (XML_ParseBuffer(parser, (int)length, length == 0) != XML_STATUS_OK) {
            std::fprintf(stderr, "%s in line %lu\n", XML_ErrorString(XML_GetErrorCode(parser)), XML_GetCurrentLineNumber(parser));
            return 1;
        }
        if (length == 0) break;
    }
    XML_ParserFree(parser);
    return records.table.write(argv[2]);
}
