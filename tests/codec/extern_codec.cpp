// SPDX-License-Identifier: BSL-1.0
#include <converge/codec/extern_codec.hpp>

#include <converge/codec/any_object.hpp>

#include <boost/describe/class.hpp>
#include <doctest/doctest.h>

#include <string>

namespace extern_codec_test {

struct web {
    static constexpr converge::kind_name kind{"demo.converge.dev/v1", "Web"};
    struct spec {
        std::string image{};
    };
};
BOOST_DESCRIBE_STRUCT(web::spec, (), (image))

} // namespace extern_codec_test

CONVERGE_EXTERN_CODEC(extern_codec_test::web)
CONVERGE_INSTANTIATE_CODEC(extern_codec_test::web)

namespace {

using extern_codec_test::web;

TEST_CASE("a resource whose codec is compiled in one place is used as any other")
{
    converge::object<web> const site{"blog", {.image = "blog:1"}};
    auto const document = converge::encode(site);
    CHECK(converge::equal(converge::decode<converge::object<web>>(document).value(), site));
    CHECK(converge::any_object{site}.to_json() == document);
}

} // namespace
