// Makes other shapes of a file that holds one JSON array of objects. The same seed gives the same bytes.
// reshape shuffle SEED IN OUT    the same records in random order
// reshape accent IN OUT          some letters of string values with accents, as raw UTF-8; keys, user_id and dates stay
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

static std::string read(const char *path)
{
    std::ifstream in(path, std::ios::binary);
    if (!in) {
        std::fprintf(stderr, "%s cannot be read\n", path);
        std::exit(1);
    }
    return {std::istreambuf_iterator<char>(in), {}};
}

// The end of the string that begins at i, one past its closing quote.
static size_t skipString(std::string_view text, size_t i)
{
    for (i++; i < text.size() && text[i] != '"'; i++)
        if (text[i] == '\\')
            i++;
    return i + 1;
}

static std::vector<std::string_view> split(std::string_view text)
{
    std::vector<std::string_view> records;
    int depth = 0;
    size_t start = 0;
    for (size_t i = 0; i < text.size();) {
        char c = text[i];
        if (c == '"') {
            i = skipString(text, i);
            continue;
        }
        if (c == '{' && depth++ == 0)
            start = i;
        else if (c == '}' && --depth == 0)
            records.push_back(text.substr(start, i + 1 - start));
        i++;
    }
    return records;
}

static int shuffle(uint64_t state, const char *in, const char *out)
{
    std::string text = read(in);
    std::vector<std::string_view> records = split(text);
    if (records.empty())
        return 1;
    // What stands before the first record, between two, and behind the last is kept.
    std::string_view head(text.data(), records[0].data() - text.data());
    std::string_view gap = records.size() < 2 ? std::string_view() : std::string_view(records[0].data() + records[0].size(), records[1].data() - records[0].data() - records[0].size());
    const char *end = records.back().data() + records.back().size();
    std::string_view tail(end, text.data() + text.size() - end);
    for (size_t i = records.size() - 1; i > 0; i--) {
        state += 0x9E3779B97F4A7C15u; // splitmix64
        uint64_t z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
        std::swap(records[i], records[(z ^ (z >> 31)) % (i + 1)]);
    }
    std::ofstream file(out, std::ios::binary);
    file << head;
    for (size_t i = 0; i < records.size(); i++)
        file << (i ? gap : std::string_view()) << records[i];
    file << tail;
    file.close();
    return file ? 0 : 1;
}

static int accent(const char *in, const char *out)
{
    std::string text = read(in), result;
    result.reserve(text.size() + text.size() / 8);
    std::string_view key;
    for (size_t i = 0; i < text.size();) {
        if (text[i] != '"') {
            result += text[i++];
            continue;
        }
        size_t end = skipString(text, i);
        std::string_view string(text.data() + i, end - i);
        size_t after = text.find_first_not_of(" \n", end);
        bool isKey = after != std::string::npos && text[after] == ':';
        if (isKey)
            key = string;
        if (isKey || key == "\"user_id\"" || key.find("date") != std::string_view::npos) {
            result += string;
        } else {
            for (size_t k = 0; k < string.size(); k++) {
                char c = string[k];
                if (c == '\\') {
                    result += c;
                    if (++k < string.size())
                        result += string[k];
                    if (k + 4 < string.size() && string[k] == 'u') {
                        result += string.substr(k + 1, 4);
                        k += 4;
                    }
                }
                else if (c == 'a')
                    result += "á";
                else if (c == 'e')
                    result += "é";
                else if (c == 'o')
                    result += "ö";
                else
                    result += c;
            }
        }
        i = end;
    }
    std::ofstream file(out, std::ios::binary);
    file << result;
    file.close();
    return file ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc == 5 && !std::strcmp(argv[1], "shuffle"))
        return shuffle(std::strtoull(argv[2], nullptr, 10), argv[3], argv[4]);
    if (argc == 4 && !std::strcmp(argv[1], "accent"))
        return accent(argv[2], argv[3]);
    std::fprintf(stderr, "reshape shuffle SEED IN OUT | reshape accent IN OUT\n");
    return 2;
}
