// Job "samples" as C++ programs with nlohmann/json do it: parse the whole file into a tree, then walk it.
// samples_nlohmann IN.json OUT.csv
#include <algorithm>
#include <cstdio>
#include <exception>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <unordered_map>

struct Samples {
    long count = 0;
    double sum = 0, min = 1e300, max = -1e300;
};

int main(int argc, char **argv) try {
    if (argc != 3) return 2;
    std::ifstream in(argv[1]);
    const nlohmann::json records = nlohmann::json::parse(in);
    std::unordered_map<std::string, std::unordered_map<std::string, Samples>> users;
    for (const auto &record : records) {
        const auto &user = record.at("user_id").get_ref<const std::string &>();
        const auto &time = record.at("date_time").get_ref<const std::string &>();
        double value = record.at("value").get<double>();
        Samples &s = users[user][time.substr(0, 10)];
        s.count++;
        s.sum += value;
        s.min = std::min(s.min, value);
        s.max = std::max(s.max, value);
    }
    FILE *out = std::fopen(argv[2], "w");
    if (!out) return 1;
    for (const auto &[user, days] : users)
        for (const auto &[day, s] : days)
            std::fprintf(out, "%s,%s,%ld,%.15g,%.15g,%.15g\n", user.c_str(), day.c_str(), s.count, s.sum, s.min, s.max);
    std::fclose(out);
    std::fflush(nullptr);
    // The tree is not taken down: a program that ends need not.
    std::_Exit(0);
} catch (const std::exception &error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
}
