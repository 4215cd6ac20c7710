// Job "category" with simdjson On-Demand: the sums of one category by user and day, one thread. No sentences are written.
// categories_simdjson CATEGORY IN.json OUT.csv
#include <simdjson.h>
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string_view>
#include <unordered_map>
#include <vector>

using namespace simdjson;

// The numbers that FastIngest sums, in the order of the file, and at the end one of which it takes the largest.
struct Category {
    const char *name;
    std::vector<std::string_view> fields;
    bool last_is_max;
};

static const Category categories[] = {
    {"activities", {"duration", "calories_burned", "distance", "steps", "heart_rate_max"}, true},
    {"workouts", {"duration", "calories_burned"}, false},
    {"nutrition", {"calories", "protein", "carbs", "fat"}, false},
    {"sleep", {"total_sleep", "deep_sleep", "rem_sleep", "resting_heart_rate"}, false},
};

struct Key {
    std::string_view user, day;
    bool operator==(const Key &other) const { return day == other.day && user == other.user; }
};

struct KeyHash {
    size_t operator()(const Key &key) const {
        return std::hash<std::string_view>()(key.user) * 31 + std::hash<std::string_view>()(key.day);
    }
};

struct Day {
    long count = 0;
    double numbers[5] = {};
};

int main(int argc, char **argv) try {
    if (argc != 4) return 2;
    const Category *category = nullptr;
    for (const Category &one : categories)
        if (!std::strcmp(one.name, argv[1])) category = &one;
    if (!category) return 2;
    const size_t fields = category->fields.size();
    padded_string text = padded_string::load(argv[2]);
    ondemand::parser parser;
    ondemand::document document = parser.iterate(text);
    // Strings stay in the parser's buffer as long as the document, so keys need no copy.
    std::unordered_map<Key, Day, KeyHash> days;
    Key last;
    Day *day = nullptr;
    for (ondemand::object record : document.get_array()) {
        // The fields are in the order of the file, which is the fastest way to find them.
        std::string_view user = record.find_field("user_id");
        std::string_view date = record.find_field("date");
        Key key{user, date};
        if (!day || !(key == last)) {
            day = &days[key];
            last = key;
        }
        day->count++;
        for (size_t i = 0; i < fields; i++) {
            ondemand::value value = record.find_field(category->fields[i]);
            if (value.is_null()) continue;
            double number = value;
            double &sum = day->numbers[i];
            sum = i + 1 == fields && category->last_is_max ? std::max(sum, number) : sum + number;
        }
    }
    FILE *out = std::fopen(argv[3], "w");
    if (!out) return 1;
    for (const auto &[key, d] : days) {
        std::fprintf(out, "%.*s,%.*s,%ld", (int)key.user.size(), key.user.data(), (int)key.day.size(), key.day.data(), d.count);
        for (size_t i = 0; i < fields; i++) std::fprintf(out, ",%.15g", d.numbers[i]);
        std::fputc('\n', out);
    }
    return std::fclose(out) ? 1 : 0;
} catch (const std::exception &error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
}
