// SPDX-License-Identifier: BSL-1.0
#include "cluster/dns_controller.hpp"

#include <converge/client/view.hpp>
#include <converge/model/finalizers.hpp>
#include <converge/model/owner_references.hpp>

#include <algorithm>
#include <optional>
#include <string>
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
using converge::view;
using records_view = view<dns_record>;

converge::index_of<dns_record> const& by_owner()
{
    static converge::index_of<dns_record> const index{
        [](object<dns_record> const& of) { return of.spec.owner_uid; }};
    return index;
}

/// The addresses that may be given out: `<network>.<third>.<fourth>`.
struct address_range {
    std::string network;

    static constexpr int first = 2;
    static constexpr int last = 256 * 256 - 2;

    [[nodiscard]] std::string address(int number) const
    {
        return network + "." + std::to_string(number / 256) + "." + std::to_string(number % 256);
    }
};

std::string record_name(std::string address)
{
    std::replace(address.begin(), address.end(), '.', '-');
    return address;
}

/// Claims the first free address; the name of the record makes the claim exclusive, so a cache
/// that is behind only costs another try.
task<object_ptr<dns_record>> claim(client api, dns_record::spec wanted,
                                   converge::owner_reference owner, address_range range,
                                   records_view known)
{
    for (int number = address_range::first; number <= address_range::last; ++number) {
        auto const address = range.address(number);
        object<dns_record> record{record_name(address), wanted};
        if (known.find(record.key()) != nullptr)
            continue;
        record.spec.address = address;
        record.metadata.owner_references.push_back(owner);
        std::optional<converge::failure> refused;
        object_ptr<dns_record> made;
        try {
            made = co_await api.create(record);
        } catch (converge::error const& failed) {
            refused = failed.reason();
        }
        if (!refused)
            co_return made;
        if (!refused->is(errc::already_exists))
            throw converge::error{*refused};
    }
    throw converge::error{errc::too_large, "network " + range.network +
                                               ".0.0/16 has no free address; remove pods or "
                                               "services that are not needed"};
}

/// The owner's one record: claimed if there is none; if a claim that outlived a crash made
/// another, all but the first by name are given back.
template <class R>
task<object_ptr<dns_record>> ensure(client api, object<R> owner, std::string host,
                                    address_range range, records_view records)
{
    auto const mine = records.by(by_owner(), owner.metadata.uid.str());
    for (std::size_t i = 1; i < mine.size(); ++i) {
        auto how = converge::write_options{}.only_uid(mine[i]->metadata.uid);
        co_await api.remove(mine[i]->key(), std::move(how));
    }
    if (!mine.empty())
        co_return mine.front();
    dns_record::spec wanted;
    wanted.host = std::move(host);
    wanted.owner_kind = std::string{R::kind.kind};
    wanted.owner_namespace = owner.metadata.namespace_;
    wanted.owner_name = owner.metadata.name;
    wanted.owner_uid = owner.metadata.uid.str();
    co_return co_await claim(std::move(api), std::move(wanted), controller_reference(owner),
                             std::move(range), std::move(records));
}

task<outcome> name_pod(client api, object<pod> subject, records_view records)
{
    if (subject.metadata.being_deleted() || !has_finalizer(subject.metadata, agent_finalizer))
        co_return converge::settled();
    auto const host = subject.metadata.name + "." + subject.metadata.namespace_ +
                      ".pod.cluster.local";
    address_range range{"10.244"};
    co_await ensure(std::move(api), std::move(subject), host, std::move(range),
                    std::move(records));
    co_return converge::settled();
}

task<outcome> name_service(client api, object<service> subject, records_view records)
{
    if (subject.metadata.being_deleted() || subject.spec.cluster_ip == "None")
        co_return converge::settled();
    auto const host = subject.metadata.name + "." + subject.metadata.namespace_ +
                      ".svc.cluster.local";
    address_range range{"10.96"};
    auto const record = co_await ensure(api, subject, host, std::move(range), std::move(records));
    subject.spec.cluster_ip = record->spec.address;
    subject.spec.cluster_ips = {record->spec.address};
    co_await api.update(subject);
    co_return converge::settled();
}

} // namespace

object_ptr<dns_record> record_of(view<dns_record> const& records, std::string const& owner_uid)
{
    auto const found = records.by(by_owner(), owner_uid);
    return found.empty() ? nullptr : found.front();
}

converge::controller<pod> pod_dns_controller()
{
    return converge::controller<pod>{name_pod}.named("dns").owns<dns_record>();
}

converge::controller<service> service_dns_controller()
{
    return converge::controller<service>{name_service}.named("service-dns").owns<dns_record>();
}

} // namespace cluster
