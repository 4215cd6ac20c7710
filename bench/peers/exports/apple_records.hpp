// What the SAX loops over an export of Apple Health share: the attributes of a Record become an entry of the daily table.
// Records in a Correlation repeat others and do not count. Sleep, workouts and other types are skipped.
#pragma once
#include <charconv>
#include <fcntl.h>
#include <unistd.h>
#include "daily_table.hpp"

class AppleRecords {
    std::string last_type;
    Metric last_metric = no_metric;

    static Metric metric_of(std::string_view type) {
        constexpr std::string_view prefix = "HKQuantityTypeIdentifier";
        static const std::unordered_map<std::string_view, Metric> metrics = {
            {"StepCount", steps}, {"DistanceWalkingRunning", distance}, {"ActiveEnergyBurned", active_energy}, {"HeartRate", heart_rate},
            {"RestingHeartRate", resting_heart_rate}, {"BodyMass", weight}, {"BloodPressureSystolic", systolic}, {"BloodPressureDiastolic", diastolic}};
        if (type.substr(0, prefix.size()) != prefix) return no_metric;
        auto place = metrics.find(type.substr(prefix.size()));
        return place == metrics.end() ? no_metric : place->second;
    }

public:
    DailyTable table;
    int correlations = 0;

    void add(std::string_view type, std::string_view unit, std::string_view value, std::string_view source, std::string_view start) {
        if (correlations > 0) return;
        if (type != last_type) {
            last_metric = metric_of(type);
            last_type = type;
        }
        double number;
        if (last_metric == no_metric || std::from_chars(value.data(), value.data() + value.size(), number).ec != std::errc()) return;
        table.add("me", day_of(start), last_metric, source, number * factor_of(last_metric, unit));
    }
};

constexpr size_t chunk_bytes = 1 << 20;

// "-" is standard input.
inline int open_input(const char *path) { return std::string_view(path) == "-" ? 0 : open(path, O_RDONLY); }
