// SPDX-License-Identifier: BSL-1.0
#if __has_include(<converge/converge.hpp>)
#include <converge/converge.hpp>
#else
#include <converge/model/object.hpp>
#endif

#include <boost/describe/class.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <iostream>
#include <string>

struct web {
    static constexpr converge::kind_name kind{"demo.converge.dev/v1", "Web"};
    struct spec {
        std::string image;
        int replicas = 1;
    };
};
BOOST_DESCRIBE_STRUCT(web::spec, (), (image, replicas))

int main()
{
    converge::object<web> const blog{"blog", {.image = "blog:1", .replicas = 3}};
    boost::json::value const document{{"name", blog.metadata.name},
                                      {"replicas", blog.spec.replicas}};
    auto const text = boost::json::serialize(document);
    std::cout << text << '\n';
    return text == R"({"name":"blog","replicas":3})" ? 0 : 1;
}
