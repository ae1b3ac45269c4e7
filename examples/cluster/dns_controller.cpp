// SPDX-License-Identifier: BSL-1.0
#include "cluster/dns_controller.hpp"

#include "cluster/create_unless_there.hpp"
#include "cluster/is_still_there.hpp"
#include "cluster/remove_if_there.hpp"

#include <converge/client/view.hpp>
#include <converge/model/finalizers.hpp>
#include <converge/model/owner_references.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cluster {

namespace {

using converge::client;
using converge::errc;
using converge::object;
using converge::object_ptr;
using converge::outcome;
using converge::task;

/// The addresses that may be given out: `<network>.<third>.<fourth>`.
struct address_range {
    std::string network;

    static constexpr int first = 2;
    static constexpr int last = 256 * 256 - 2;

    [[nodiscard]] std::string address(int number) const
    {
        return network + "." + std::to_string(number / 256) + "." + std::to_string(number % 256);
    }

    [[nodiscard]] bool contains(std::string const& text) const
    {
        auto const dot = text.rfind('.');
        if (!text.starts_with(network + ".") || dot <= network.size())
            return false;
        auto const read = [](std::string_view digits) {
            int number = 0;
            std::from_chars(digits.data(), digits.data() + digits.size(), number);
            return number % 256;
        };
        auto const all = std::string_view{text};
        auto const third = read(all.substr(network.size() + 1, dot - network.size() - 1));
        auto const number = third * 256 + read(all.substr(dot + 1));
        // Whatever is no address of this network reads back as another text.
        return number >= first && number <= last && address(number) == text;
    }
};

std::string record_name(std::string address)
{
    std::replace(address.begin(), address.end(), '.', '-');
    return address;
}

/// Claims an address; the name of the record makes the claim exclusive. @returns the record; null
/// if the address is another's.
task<object_ptr<dns_record>> claim(client api, dns_record::spec wanted,
                                   converge::owner_reference owner, std::string address)
{
    object<dns_record> record{record_name(address), wanted};
    record.spec.address = address;
    record.metadata.owner_references.push_back(owner);
    auto const made = co_await create_unless_there(api, record);
    if (made != nullptr)
        co_return made;
    auto const there = co_await api.find(record.key());
    bool const ours = there != nullptr && there->spec.owner_uid == wanted.owner_uid;
    co_return ours ? there : nullptr;
}

/// Claims the first free address; a cache that is behind only costs another try.
task<object_ptr<dns_record>> claim_any(client api, dns_record::spec wanted,
                                       converge::owner_reference owner, address_range range,
                                       records_view known)
{
    for (int number = address_range::first; number <= address_range::last; ++number) {
        auto const address = range.address(number);
        if (known.find(converge::key<dns_record>{record_name(address)}) != nullptr)
            continue;
        auto const made = co_await claim(api, wanted, owner, address);
        if (made != nullptr)
            co_return made;
    }
    throw converge::error{errc::too_large, "network " + range.network +
                                               ".0.0/16 has no free address; remove pods or "
                                               "services that are not needed"};
}

/// Whether it was made earlier: who sees the later one sees this as well.
bool is_older(object_ptr<dns_record> const& left, object_ptr<dns_record> const& right)
{
    return left->metadata.resource_version < right->metadata.resource_version;
}

/// The owner's one record: claimed if there is none; if a claim that outlived a crash made
/// another, all but the oldest are given back. If one address is `asked` for, null where it
/// cannot be had.
template <class R>
task<object_ptr<dns_record>> ensure(client api, object<R> owner, std::string host,
                                    address_range range, records_view records,
                                    std::string asked = {})
{
    auto mine = records.by<by_owner_uid>(owner.metadata.uid.str());
    std::sort(mine.begin(), mine.end(), is_older);
    for (std::size_t i = 1; i < mine.size(); ++i)
        co_await remove_if_there(api, mine[i]);
    if (!mine.empty())
        co_return mine.front();
    dns_record::spec wanted;
    wanted.host = std::move(host);
    wanted.owner_kind = std::string{R::kind.kind};
    wanted.owner_namespace = owner.metadata.namespace_;
    wanted.owner_name = owner.metadata.name;
    wanted.owner_uid = owner.metadata.uid.str();
    auto const reference = controller_reference(owner);
    if (asked.empty())
        co_return co_await claim_any(api, wanted, reference, range, records);
    if (!range.contains(asked))
        co_return nullptr;
    co_return co_await claim(api, wanted, reference, asked);
}

/// Whether the owner has a record, or is to have one.
template <class R>
task<bool> is_to_be_named(client api, object<R> owner, records_view records)
{
    if (record_of(records, owner.metadata.uid.str()) != nullptr)
        co_return true;
    bool const there = co_await is_still_there(api, owner);
    co_return there;
}

task<outcome> name_pod(client api, object<pod> subject, records_view records)
{
    if (subject.metadata.being_deleted() || !has_finalizer(subject.metadata, agent_finalizer))
        co_return converge::settled();
    auto const host =
        subject.metadata.name + "." + subject.metadata.namespace_ + ".pod.cluster.local";
    address_range const range{"10.244"};
    bool const wanted = co_await is_to_be_named(api, subject, records);
    if (!wanted)
        co_return converge::settled();
    co_await ensure(api, subject, host, range, records);
    co_return converge::settled();
}

task<outcome> name_service(client api, object<service> subject, records_view records)
{
    auto const asked = subject.spec.cluster_ip;
    if (subject.metadata.being_deleted() || asked == "None" ||
        subject.spec.type == service_type::external_name)
        co_return converge::settled();
    auto const host =
        subject.metadata.name + "." + subject.metadata.namespace_ + ".svc.cluster.local";
    address_range const range{"10.96"};
    bool const wanted = co_await is_to_be_named(api, subject, records);
    if (!wanted)
        co_return converge::settled();
    bool const shown = record_of(records, subject.metadata.uid.str()) != nullptr;
    auto const record = co_await ensure(api, subject, host, range, records, asked);
    // A claim before it may have succeeded without an answer, and be older: the cache will tell.
    if (record != nullptr && !shown)
        co_return converge::settled();
    if (record == nullptr || (!asked.empty() && asked != record->spec.address)) {
        auto const message = asked + " cannot be had: it is no free address of " + range.network +
                             ".0.0/16, or the Service has another; leave spec.clusterIP out to "
                             "get one";
        co_await api.record(subject, "Warning", "ClusterIPNotAllocated", message);
        co_return converge::again_in(std::chrono::minutes{1});
    }
    subject.spec.cluster_ip = record->spec.address;
    subject.spec.cluster_ips = {record->spec.address};
    co_await api.update(subject);
    co_return converge::settled();
}

} // namespace

object_ptr<dns_record> record_of(records_view const& records, std::string const& owner_uid)
{
    auto const found = records.by<by_owner_uid>(owner_uid);
    return found.empty() ? nullptr : *std::min_element(found.begin(), found.end(), is_older);
}

converge::controller<pod> pod_dns_controller()
{
    return converge::controller<pod>{name_pod}.named("dns").watches<dns_record>(owner_of<pod>);
}

converge::controller<service> service_dns_controller()
{
    return converge::controller<service>{name_service}
        .named("service-dns")
        .watches<dns_record>(owner_of<service>);
}

} // namespace cluster
