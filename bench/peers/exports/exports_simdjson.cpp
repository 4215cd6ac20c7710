// The daily table of an export with simdjson On-Demand, one thread: exports_simdjson KIND [--ids] DIR OUT.csv
// KIND is fhir, open-mhealth, health-auto-export, google-fit or fitbit. --ids: a record with an id that was there already does not
// count, as in FastIngest. Sleep and workouts are skipped. Times in UTC become days of the zone in TZ, whose offsets are whole hours.
#include <simdjson.h>
#include <algorithm>
#include <ctime>
#include <exception>
#include <filesystem>
#include "daily_table.hpp"

using namespace simdjson;
namespace fs = std::filesystem;
using std::string_view;

// Hashes that were seen: open addressing, half full at most.
class Seen {
    std::vector<uint64_t> slots = std::vector<uint64_t>(1 << 16);
    size_t count = 0;

    bool place(uint64_t hash) {
        size_t i = hash & (slots.size() - 1);
        for (; slots[i]; i = (i + 1) & (slots.size() - 1))
            if (slots[i] == hash) return false;
        slots[i] = hash;
        return true;
    }

public:
    // False if it was there.
    bool add(uint64_t hash) {
        if (!place(hash | 1)) return false;
        if (++count * 2 > slots.size()) {
            std::vector<uint64_t> old(slots.size() * 2);
            old.swap(slots);
            for (uint64_t h : old)
                if (h) place(h);
        }
        return true;
    }
};

static DailyTable table;
static Seen seen;
static bool with_ids = false;

static uint64_t mixed(uint64_t a, uint64_t b) {
    a = (a ^ b) * 0x9e3779b97f4a7c15ull;
    return a ^ (a >> 29);
}

static bool is_new_id(string_view id) { return !with_ids || seen.add(std::hash<string_view>()(id)); }

// The local day of seconds since 1970. The hour of the last call is remembered.
static uint32_t local_day(int64_t seconds) {
    static int64_t last_hour = INT64_MIN;
    static uint32_t last = 0;
    int64_t hour = seconds / 3600;
    if (hour != last_hour) {
        time_t time = hour * 3600;
        tm local;
        localtime_r(&time, &local);
        last_hour = hour;
        last = (local.tm_year + 1900) * 10000 + (local.tm_mon + 1) * 100 + local.tm_mday;
    }
    return last;
}

static int64_t days_since_1970(int year, int month, int day) {
    year -= month <= 2;
    int era = year / 400, of_era = year - era * 400, of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097LL + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static int two(const char *text) { return (text[0] - '0') * 10 + text[1] - '0'; }

// ---- FHIR ----

static Metric metric_of_loinc(string_view code) {
    if (code == "8867-4") return heart_rate;
    if (code == "55423-8") return steps;
    if (code == "41953-1") return distance;
    if (code == "41979-6") return active_energy;
    if (code == "40443-4") return resting_heart_rate;
    if (code == "29463-7") return weight;
    if (code == "8480-6") return systolic;
    if (code == "8462-4") return diastolic;
    return no_metric;
}

struct Reading {
    Metric metric = no_metric;
    double value = 0;
    string_view unit;
    bool has_value = false;
};

static void read_code(ondemand::value value, Reading &reading) {
    for (ondemand::object coding : value["coding"].get_array()) {
        reading.metric = metric_of_loinc(coding["code"]);
        break;
    }
}

static void read_quantity(ondemand::value value, Reading &reading) {
    for (ondemand::field field : value.get_object()) {
        if (field.key() == "value") reading.value = field.value().get_double(), reading.has_value = true;
        else if (field.key() == "code") reading.unit = field.value().get_string();
    }
}

static void read_fhir(ondemand::object resource) {
    string_view id, user, day, device;
    Reading own, parts[2];
    size_t part = 0;
    for (ondemand::field field : resource) {
        ondemand::raw_json_string key = field.key();
        if (key == "resourceType") {
            if (string_view(field.value()) != "Observation") return;
        } else if (key == "id") {
            if (with_ids) id = field.value();
        } else if (key == "status") {
            string_view status = field.value();
            if (status == "entered-in-error" || status == "cancelled") return;
        } else if (key == "code") {
            read_code(field.value(), own);
        } else if (key == "subject") {
            user = field.value()["reference"];
            user.remove_prefix(user.rfind('/') + 1);
        } else if (key == "effectiveDateTime") {
            day = field.value();
        } else if (key == "effectivePeriod") {
            day = field.value()["start"];
        } else if (key == "device") {
            device = field.value()["display"];
        } else if (key == "valueQuantity") {
            read_quantity(field.value(), own);
        } else if (key == "component") {
            for (ondemand::object component : field.value().get_array()) {
                if (part == 2) break;
                Reading &reading = parts[part++];
                for (ondemand::field inner : component) {
                    if (inner.key() == "code") read_code(inner.value(), reading);
                    else if (inner.key() == "valueQuantity") read_quantity(inner.value(), reading);
                }
            }
        }
    }
    if (!is_new_id(id)) return;
    auto add = [&](const Reading &reading) {
        if (reading.metric != no_metric && reading.has_value)
            table.add(user, day_of(day), reading.metric, device, reading.value * factor_of(reading.metric, reading.unit));
    };
    add(own);
    for (size_t i = 0; i < part; i++) add(parts[i]);
}

// ---- Open mHealth ----

// A number, or an object with value and unit.
static Reading read_measure(ondemand::value value, Metric metric) {
    Reading reading;
    reading.metric = metric;
    reading.has_value = true;
    if (value.type() == ondemand::json_type::number) {
        reading.value = value.get_double();
        return reading;
    }
    for (ondemand::field field : value.get_object()) {
        if (field.key() == "value") reading.value = field.value().get_double();
        else if (field.key() == "unit") reading.unit = field.value().get_string();
    }
    return reading;
}

static void read_data_point(ondemand::object point) {
    string_view id, user, source, schema, day;
    Reading readings[2];
    size_t count = 0;
    for (ondemand::field field : point) {
        if (field.key() == "header") {
            for (ondemand::field inner : field.value().get_object()) {
                ondemand::raw_json_string key = inner.key();
                if (key == "id") {
                    if (with_ids) id = inner.value();
                } else if (key == "user_id") {
                    user = inner.value();
                } else if (key == "schema_id") {
                    schema = inner.value()["name"];
                } else if (key == "acquisition_provenance") {
                    source = inner.value()["source_name"];
                }
            }
        } else if (field.key() == "body") {
            // The names of the members are those of the schemas.
            for (ondemand::field inner : field.value().get_object()) {
                ondemand::raw_json_string key = inner.key();
                Metric metric = no_metric;
                if (key == "effective_time_frame") {
                    for (ondemand::field time : inner.value().get_object()) {
                        if (time.key() == "date_time") day = time.value();
                        else if (time.key() == "time_interval") day = time.value()["start_date_time"];
                    }
                } else if (key == "heart_rate") metric = heart_rate;
                else if (key == "step_count") metric = steps;
                else if (key == "body_weight") metric = weight;
                else if (key == "systolic_blood_pressure") metric = systolic;
                else if (key == "diastolic_blood_pressure") metric = diastolic;
                if (metric != no_metric && count < 2) readings[count++] = read_measure(inner.value(), metric);
            }
        }
    }
    if (count == 0 || !is_new_id(id)) return;
    for (size_t i = 0; i < count; i++)
        table.add(user, day_of(day), readings[i].metric, source, readings[i].value * factor_of(readings[i].metric, readings[i].unit));
}

// ---- Health Auto Export ----

static Metric metric_of_app(string_view name) {
    if (name == "step_count") return steps;
    if (name == "walking_running_distance") return distance;
    if (name == "active_energy") return active_energy;
    if (name == "heart_rate") return heart_rate;
    if (name == "resting_heart_rate") return resting_heart_rate;
    if (name == "weight_body_mass") return weight;
    return no_metric;
}

static void read_app_points(ondemand::array points, Metric metric, double factor, bool is_pressure) {
    for (ondemand::object point : points) {
        string_view date, source;
        double value = 0, low = 0, high = 0, above = 0, below = 0;
        bool has_range = false;
        for (ondemand::field field : point) {
            ondemand::raw_json_string key = field.key();
            if (key == "date") date = field.value();
            else if (key == "qty" || key == "Avg") value = field.value().get_double();
            else if (key == "Min") low = field.value().get_double(), has_range = true;
            else if (key == "Max") high = field.value().get_double();
            else if (key == "systolic") above = field.value().get_double();
            else if (key == "diastolic") below = field.value().get_double();
            else if (key == "source") source = field.value();
        }
        uint32_t day = day_of(date);
        if (is_pressure) {
            table.add("me", day, systolic, source, above);
            table.add("me", day, diastolic, source, below);
        } else {
            value *= factor;
            table.add("me", day, metric, source, value, has_range ? low : value, has_range ? high : value);
        }
    }
}

static void read_app(ondemand::document &document) {
    for (ondemand::object metric : document["data"]["metrics"].get_array()) {
        string_view name = metric["name"], unit = metric["units"];
        bool is_pressure = name == "blood_pressure";
        Metric number = metric_of_app(name);
        if (is_pressure || number != no_metric) read_app_points(metric["data"], number, factor_of(number, unit), is_pressure);
    }
}

// ---- Google Fit ----

static void read_fit(ondemand::document &document) {
    ondemand::object file = document.get_object();
    string_view stream;
    if (file["Data Source"].get_string().get(stream)) return;
    std::string source(stream);
    bool is_rest = source.find(":resting_heart_rate") != std::string::npos;
    for (ondemand::object point : file["Data Points"].get_array()) {
        double values[2] = {};
        size_t count = 0;
        int64_t start = 0;
        string_view type, origin = source;
        for (ondemand::field field : point) {
            ondemand::raw_json_string key = field.key();
            if (key == "fitValue") {
                for (ondemand::object value : field.value().get_array()) {
                    for (ondemand::field inner : value["value"].get_object())
                        if (count < 2) values[count++] = inner.value().get_double();
                }
            } else if (key == "startTimeNanos") {
                start = field.value().get_int64();
            } else if (key == "dataTypeName") {
                type = field.value();
            } else if (key == "originDataSourceId") {
                origin = field.value();
            }
        }
        uint32_t day = local_day(start / 1'000'000'000);
        auto add = [&](Metric metric, double value) {
            // Equal readings of several files count once. For sums each stream is a source.
            uint64_t bits;
            memcpy(&bits, &value, 8);
            if (is_cumulative(metric)) table.add("me", day, metric, source, value);
            else if (seen.add(mixed(mixed(mixed(start, bits), std::hash<string_view>()(origin)), metric))) table.add("me", day, metric, origin, value);
        };
        if (type == "com.google.step_count.delta") add(steps, values[0]);
        else if (type == "com.google.distance.delta") add(distance, values[0] / 1000);
        else if (type == "com.google.heart_rate.bpm") add(is_rest ? resting_heart_rate : heart_rate, values[0]);
        else if (type == "com.google.weight") add(weight, values[0]);
        else if (type == "com.google.blood_pressure") add(systolic, values[0]), add(diastolic, values[1]);
    }
}

// ---- Fitbit ----

// "05/31/24 22:00:00" in UTC.
static int64_t seconds_of_fitbit(string_view text) {
    if (text.size() < 17) return 0;
    const char *t = text.data();
    return days_since_1970(2000 + two(t + 6), two(t), two(t + 3)) * 86400 + two(t + 9) * 3600 + two(t + 12) * 60 + two(t + 15);
}

static uint32_t day_of_fitbit(string_view text) {
    if (text.size() < 8) return 19000101;
    const char *t = text.data();
    return (2000 + two(t + 6)) * 10000 + two(t) * 100 + two(t + 3);
}

static void read_fitbit(ondemand::document &document, const std::string &name) {
    auto begins = [&](const char *word) { return name.rfind(word, 0) == 0; };
    if (begins("heart_rate-")) {
        for (ondemand::object record : document.get_array()) {
            string_view time = record["dateTime"];
            double bpm = record["value"]["bpm"];
            table.add("me", local_day(seconds_of_fitbit(time)), heart_rate, {}, bpm);
        }
    } else if (begins("steps-") || begins("distance-")) {
        bool is_distance = begins("distance-");
        for (ondemand::object record : document.get_array()) {
            string_view time = record["dateTime"];
            double value = record["value"].get_double_in_string();
            table.add("me", local_day(seconds_of_fitbit(time)), is_distance ? distance : steps, {}, is_distance ? value / 100'000 : value);
        }
    } else if (begins("resting_heart_rate-")) {
        for (ondemand::object record : document.get_array()) {
            string_view time = record["dateTime"];
            double bpm = record["value"]["value"];
            if (bpm > 0) table.add("me", day_of_fitbit(time), resting_heart_rate, {}, bpm);
        }
    } else if (begins("weight-")) {
        for (ondemand::object record : document.get_array()) {
            double pounds = record["weight"];
            table.add("me", day_of_fitbit(record["date"]), weight, {}, pounds * kg_of_pound);
        }
    }
}

// ---- all ----

static void read_file(const std::string &kind, const fs::path &path, ondemand::parser &parser) {
    padded_string text = padded_string::load(path.string());
    if (kind == "fhir" || kind == "open-mhealth") {
        ondemand::document_stream lines = parser.iterate_many(text, 1 << 20);
        for (auto line : lines) {
            if (kind == "fhir") read_fhir(line.get_object());
            else read_data_point(line.get_object());
        }
        return;
    }
    ondemand::document document = parser.iterate(text);
    if (kind == "health-auto-export") read_app(document);
    else if (kind == "google-fit") read_fit(document);
    else read_fitbit(document, path.filename().string());
}

int main(int argc, char **argv) try {
    std::vector<std::string> words(argv + 1, argv + argc);
    auto option = std::find(words.begin(), words.end(), "--ids");
    with_ids = option != words.end();
    if (with_ids) words.erase(option);
    if (words.size() != 3) return 2;
    tzset();
    std::vector<fs::path> files;
    for (const auto &entry : fs::recursive_directory_iterator(words[1])) {
        std::string ending = entry.path().extension().string();
        if (entry.is_regular_file() && (ending == ".json" || ending == ".ndjson")) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    ondemand::parser parser;
    for (const fs::path &file : files) read_file(words[0], file, parser);
    return table.write(words[2].c_str());
} catch (const std::exception &error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
}
