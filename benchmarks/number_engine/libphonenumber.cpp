// The job through the C++ libphonenumber, which has neither carriers nor time zones:
//   libphonenumber COLUMN.tsv THREADS TARGET
// Writes the seconds of the fastest of three passes on the first line of TARGET, and each row's E.164 number on the
// lines after it.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <string>
#include <thread>
#include <unicode/locid.h>
#include <vector>

#include <phonenumbers/geocoding/phonenumber_offline_geocoder.h>
#include <phonenumbers/logger.h>
#include <phonenumbers/phonenumber.pb.h>
#include <phonenumbers/phonenumberutil.h>

using i18n::phonenumbers::NullLogger;
using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberOfflineGeocoder;
using i18n::phonenumbers::PhoneNumberUtil;

struct Cell {
  std::string raw, region;
};

struct Answer {
  bool possible = false, valid = false;
  PhoneNumberUtil::PhoneNumberType type = PhoneNumberUtil::UNKNOWN;
  std::string e164, international, region, place;
};

static void Describe(const std::vector<Cell>& cells, size_t begin, size_t end, std::vector<Answer>& answers) {
  PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
  // One for each thread: it looks places up under a lock.
  const PhoneNumberOfflineGeocoder geocoder;
  const icu::Locale english("en");
  for (size_t row = begin; row < end; ++row) {
    PhoneNumber number;
    const std::string& region = cells[row].region;
    if (util.Parse(cells[row].raw, region.empty() ? "ZZ" : region, &number) != PhoneNumberUtil::NO_PARSING_ERROR) continue;
    Answer& answer = answers[row];
    answer.possible = util.IsPossibleNumber(number);
    answer.valid = util.IsValidNumber(number);
    answer.type = util.GetNumberType(number);
    util.GetRegionCodeForNumber(number, &answer.region);
    util.Format(number, PhoneNumberUtil::E164, &answer.e164);
    util.Format(number, PhoneNumberUtil::INTERNATIONAL, &answer.international);
    answer.place = geocoder.GetDescriptionForNumber(number, english);
  }
}

static void DescribeInThreads(const std::vector<Cell>& cells, size_t count, std::vector<Answer>& answers) {
  std::vector<std::thread> threads;
  for (size_t part = 0; part < count; ++part) {
    threads.emplace_back([&cells, &answers, count, part] {
      Describe(cells, cells.size() * part / count, cells.size() * (part + 1) / count, answers);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  std::vector<Cell> cells;
  std::ifstream column(argv[1]);
  for (std::string line; std::getline(column, line);) {
    const size_t tab = line.find('\t');
    cells.push_back({line.substr(0, tab), line.substr(tab + 1)});
  }
  PhoneNumberUtil::GetInstance()->SetLogger(new NullLogger());
  std::vector<Answer> answers(cells.size());
  // The first pass compiles the patterns that the library keeps.
  DescribeInThreads(cells, 1, answers);
  double fastest = std::numeric_limits<double>::infinity();
  for (int pass = 0; pass < 3; ++pass) {
    answers.assign(cells.size(), Answer());
    const auto began = std::chrono::steady_clock::now();
    DescribeInThreads(cells, std::strtoul(argv[2], nullptr, 10), answers);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - began;
    fastest = std::min(fastest, seconds.count());
  }
  std::ofstream target(argv[3]);
  target << fastest << '\n';
  for (const Answer& answer : answers) target << answer.e164 << '\n';
  return target.good() ? 0 : 1;
}
