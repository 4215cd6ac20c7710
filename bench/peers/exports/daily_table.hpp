// What the C++ peers of exports share: count, sum, min and max by user, day and metric. Of a cumulative metric the source with the
// largest sum of the day counts, as FastIngest has it by default.
#pragma once
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

enum Metric { steps, distance, active_energy, heart_rate, resting_heart_rate, weight, systolic, diastolic, no_metric };

constexpr const char *metric_names[] = {"steps", "distance", "active_energy", "heart_rate", "resting_heart_rate",
                                        "weight", "systolic_blood_pressure", "diastolic_blood_pressure"};
constexpr bool is_cumulative(Metric metric) { return metric <= active_energy; }
constexpr double kg_of_pound = 0.45359237;

// The factor to km, kg or 1; other units are not in the generated data.
inline double factor_of(Metric metric, std::string_view unit) {
    if (metric == weight && (unit == "lb" || unit == "[lb_av]")) return kg_of_pound;
    return 1;
}

// Numbers for texts that repeat.
class Names {
    std::unordered_map<std::string, uint32_t> numbers;
    std::string last_name;
    uint32_t last = 0;

public:
    std::vector<std::string> names;

    uint32_t number_of(std::string_view name) {
        if (!names.empty() && name == last_name) return last;
        auto [place, is_new] = numbers.try_emplace(std::string(name), (uint32_t)names.size());
        if (is_new) names.emplace_back(name);
        last_name = name;
        return last = place->second;
    }
};

class DailyTable {
    struct Cell {
        long count = 0;
        double sum = 0, min = 1e300, max = -1e300;
    };
    Names users, sources;
    std::unordered_map<uint64_t, Cell> cells;
    uint64_t last_key = ~0ull;
    Cell *last = nullptr;

public:
    // day is yyyymmdd.
    void add(std::string_view user, uint32_t day, Metric metric, std::string_view source, double value, double low, double high) {
        uint64_t source_number = is_cumulative(metric) ? sources.number_of(source) : 0;
        uint64_t key = ((uint64_t)users.number_of(user) << 44) | (source_number << 32) | ((uint64_t)(day - 19000000) << 4) | metric;
        if (key != last_key) {
            last = &cells[key];
            last_key = key;
        }
        last->count++;
        last->sum += value;
        if (low < last->min) last->min = low;
        if (high > last->max) last->max = high;
    }

    void add(std::string_view user, uint32_t day, Metric metric, std::string_view source, double value) {
        add(user, day, metric, source, value, value, value);
    }

    int write(const char *path) const {
        // User, day, metric: the cell, and the name of its source.
        std::map<std::tuple<uint64_t, uint64_t, uint64_t>, std::pair<const Cell *, const std::string *>> best;
        static const std::string none;
        for (const auto &[key, cell] : cells) {
            const std::string *source = is_cumulative((Metric)(key & 15)) ? &sources.names[(key >> 32) & 0xfff] : &none;
            auto [place, is_new] = best.try_emplace({key >> 44, (key >> 4) & 0xfffffff, key & 15}, &cell, source);
            auto &[chosen, name] = place->second;
            if (!is_new && (cell.sum > chosen->sum || (cell.sum == chosen->sum && *source < *name))) place->second = {&cell, source};
        }
        FILE *out = std::fopen(path, "w");
        if (!out) return 1;
        for (const auto &[key, value] : best) {
            auto [user, day, metric] = key;
            const Cell &cell = *value.first;
            unsigned date = (unsigned)day + 19000000;
            std::fprintf(out, "%s,%04u-%02u-%02u,%s,%ld,%.15g,%.15g,%.15g\n", users.names[user].c_str(), date / 10000, date / 100 % 100,
                         date % 100, metric_names[metric], cell.count, cell.sum, cell.min, cell.max);
        }
        return std::fclose(out) ? 1 : 0;
    }
};

// "2024-05-01…" as yyyymmdd.
inline uint32_t day_of(std::string_view stamp) {
    if (stamp.size() < 10) return 19000101;
    auto digit = [&](int i) { return (uint32_t)(stamp[i] - '0'); };
    return digit(0) * 10000000 + digit(1) * 1000000 + digit(2) * 100000 + digit(3) * 10000 + digit(5) * 1000 + digit(6) * 100 + digit(8) * 10 + digit(9);
}
