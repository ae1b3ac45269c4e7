// SPDX-License-Identifier: BSL-1.0
#include <converge/codec/meta_traits.hpp>

#include <converge/codec/decode.hpp>
#include <converge/codec/encode.hpp>

#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>

namespace {

using converge::decode_text;
using converge::encode;
using converge::managed_fields_entry;
using converge::object_meta;
using converge::owner_reference;

TEST_CASE("metadata that is not set is not written")
{
    CHECK(boost::json::serialize(encode(object_meta{})) == "{}");
    object_meta meta;
    meta.name = "a";
    meta.generation = 2;
    CHECK(boost::json::serialize(encode(meta)) == R"({"name":"a","generation":2})");
    CHECK(boost::json::serialize(encode(owner_reference{.kind = "Web", .controller = true})) ==
          R"({"kind":"Web","controller":true})");
}

TEST_CASE("metadata has the names of Kubernetes")
{
    auto const meta = decode_text<object_meta>(
        R"({"name":"web-1","generateName":"web-","namespace":"prod","uid":"u","generation":3,
            "resourceVersion":"12","creationTimestamp":"2024-05-01T08:30:00Z",
            "deletionTimestamp":null,"deletionGracePeriodSeconds":30,
            "ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web",
                                "uid":"o","controller":true,"blockOwnerDeletion":true}]})",
        {.strict = true});
    REQUIRE(meta.has_value());
    CHECK(meta->generate_name == "web-");
    CHECK(meta->namespace_ == "prod");
    CHECK(meta->resource_version == converge::revision{12});
    CHECK(meta->creation_timestamp.has_value());
    CHECK_FALSE(meta->being_deleted());
    CHECK(meta->deletion_grace_period_seconds == 30);
    REQUIRE(meta->owner_references.size() == 1);
    CHECK(meta->owner_references[0].block_owner_deletion);
}

TEST_CASE("the fields of a manager are a tree on the wire and text in memory")
{
    managed_fields_entry const entry{"kubectl", "Apply", R"({"f:spec":{"f:image":{}}})"};
    auto const text = boost::json::serialize(encode(entry));
    CHECK(text == R"({"manager":"kubectl","operation":"Apply","fieldsType":"FieldsV1",)"
                  R"("fieldsV1":{"f:spec":{"f:image":{}}}})");
    CHECK(decode_text<managed_fields_entry>(text).value() == entry);
}

TEST_CASE("fields that are no tree are kept as text")
{
    for (auto const* fields : {"", "not json", "[1]"}) {
        managed_fields_entry const entry{"m", "Update", fields};
        CHECK(decode_text<managed_fields_entry>(boost::json::serialize(encode(entry))).value() ==
              entry);
    }
}

TEST_CASE("a wrong member of a managed fields entry is named")
{
    CHECK(decode_text<managed_fields_entry>(R"({"fieldsV1":[]})").error().path == "fieldsV1");
    CHECK(decode_text<managed_fields_entry>(R"({"manager":1})").error().path == "manager");
    CHECK(decode_text<object_meta>(R"({"managedFields":[{},7]})").error().path ==
          "managedFields[1]");
}

} // namespace
