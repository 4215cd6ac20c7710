// Job "samples" with simdjson On-Demand: count, sum, min, max of a heart_rate file by user and day, one thread.
// samples_simdjson IN.json OUT.csv
#include <simdjson.h>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <string_view>
#include <unordered_map>

using namespace simdjson;

struct Key {
    std::string_view user, day;
    bool operator==(const Key &other) const { return day == other.day && user == other.user; }
};

struct KeyHash {
    size_t operator()(const Key &key) const {
        return std::hash<std::string_view>()(key.user) * 31 + std::hash<std::string_view>()(key.day);
    }
};

struct Samples {
    long count = 0;
    double sum = 0, min = 1e300, max = -1e300;
};

int main(int argc, char **argv) try {
    if (argc != 3) return 2;
    padded_string text = padded_string::load(argv[1]);
    ondemand::parser parser;
    ondemand::document document = parser.iterate(text);
    // Strings stay in the parser's buffer as long as the document, so keys need no copy.
    std::unordered_map<Key, Samples, KeyHash> days;
    Key last;
    Samples *samples = nullptr;
    for (ondemand::object record : document.get_array()) {
        std::string_view user = record["user_id"];
        std::string_view time = record["date_time"];
        double value = record["value"];
        Key key{user, time.substr(0, 10)};
        // Exports are grouped by user and day.
        if (!samples || !(key == last)) {
            samples = &days[key];
            last = key;
        }
        samples->count++;
        samples->sum += value;
        samples->min = std::min(samples->min, value);
        samples->max = std::max(samples->max, value);
    }
    FILE *out = std::fopen(argv[2], "w");
    if (!out) return 1;
    for (const auto &[key, s] : days)
        std::fprintf(out, "%.*s,%.*s,%ld,%.15g,%.15g,%.15g\n", (int)key.user.size(), key.user.data(), (int)key.day.size(),
                     key.day.data(), s.count, s.sum, s.min, s.max);
    return std::fclose(out) ? 1 : 0;
} catch (const std::exception &error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
}
