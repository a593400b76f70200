#include "core/demo/service.h"

#include <cmath>

namespace belvedere::demo {

int poisson(Random& random, double mean)
{
    if (mean <= 0)
        return 0;
    return std::poisson_distribution<int>(mean)(random);
}

double uniform(Random& random, double low, double high) { return std::uniform_real_distribution<double>(low, high)(random); }

double latency(Random& random, double median, double spread)
{
    return std::lognormal_distribution<double>(std::log(median), spread)(random);
}

std::string hexId(Random& random, int digits)
{
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string out;
    for (std::uint64_t bits = 0; digits > 0; --digits, bits >>= 4) {
        if (out.size() % 16 == 0)
            bits = random();
        out += kHex[bits & 15];
    }
    return out;
}

std::vector<std::unique_ptr<Service>> makeServices(std::int64_t bootMs)
{
    std::vector<std::unique_ptr<Service>> services;
    services.push_back(makeApi("api", "api:8000", bootMs));
    services.push_back(makeApi("checkout", "checkout:8000", bootMs));
    services.push_back(makeCelery(bootMs));
    services.push_back(makePostgres(bootMs));
    services.push_back(makeRedis(bootMs));
    services.push_back(makeKafka(bootMs));
    services.push_back(makeNode(bootMs));
    return services;
}

}
