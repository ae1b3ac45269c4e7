// SPDX-License-Identifier: BSL-1.0
#include <converge/client/informer.hpp>

#include "informer.hpp"

#include <converge/api/transport.hpp>
#include <converge/async/time_service.hpp>
#include <converge/testing/fault.hpp>

#include <algorithm>
#include <initializer_list>
#include <optional>

using namespace informer_guarantees;

namespace {

/// What an informer asked of its server, and what came of it.
struct journal {
    std::shared_ptr<ledger> truth;
    revision delivered{};
    bool listed = false;
    bool must_list = false;
    int lists = 0;
    int watches = 0;
    /// Watches in a row that brought nothing and failed.
    int barren = 0;
    duration silence_max{};
    std::shared_ptr<std::atomic<int>> dropped{};
};

class noted_watch final : public watch_stream {
public:
    noted_watch(std::shared_ptr<journal> in, std::unique_ptr<watch_stream> from)
        : book_{std::move(in)},
          from_{std::move(from)}
    {}

    [[nodiscard]] task<watch_batch> next() override
    {
        auto const where = co_await this_coro::executor;
        clock_ = &time_of(where);
        waits_since_ = clock_->now();
        waits_ = true;
        std::optional<failure> refused;
        watch_batch batch;
        try {
            batch = co_await from_->next();
        } catch (error const& no) {
            refused = no.reason();
        }
        end_wait();
        if (refused) {
            book_->must_list = book_->must_list || refused->is(errc::gone);
            ++book_->barren;
            throw error{*std::move(refused)};
        }
        book_->barren = 0;
        book_->delivered = batch.through;
        co_return batch;
    }
    [[nodiscard]] revision through() const override { return from_->through(); }

    ~noted_watch() override
    {
        if (!waits_)
            return;
        end_wait();
        ++book_->barren;
    }

private:
    void end_wait()
    {
        waits_ = false;
        auto const span = clock_->now() - waits_since_;
        book_->truth->expect(book_->silence_max == duration::zero() || span <= book_->silence_max,
                             "a watch was silent for too long");
    }

    std::shared_ptr<journal> book_;
    std::unique_ptr<watch_stream> from_;
    time_service const* clock_ = nullptr;
    instant waits_since_{};
    bool waits_ = false;
};

class noted_line final : public transport {
public:
    noted_line(std::shared_ptr<transport> to, std::shared_ptr<journal> in)
        : to_{std::move(to)},
          book_{std::move(in)}
    {}

    [[nodiscard]] task<response> send(request asked) override
    {
        book_->truth->expect(!book_->listed || book_->must_list || book_->barren > 1,
                             "it listed while it could resume");
        // One that fails is followed by another.
        book_->must_list = true;
        ++book_->lists;
        auto answer = co_await to_->send(std::move(asked));
        book_->listed = true;
        book_->must_list = false;
        book_->barren = 0;
        book_->delivered = answer.at();
        co_return answer;
    }
    [[nodiscard]] std::unique_ptr<watch_stream> watch(watch_request asked) override
    {
        ++book_->watches;
        book_->truth->expect(asked.after() >= book_->delivered, "a watch began too early");
        book_->truth->expect(!book_->must_list, "it watched where there is no history");
        return std::make_unique<noted_watch>(book_, to_->watch(std::move(asked)));
    }

private:
    std::shared_ptr<transport> to_;
    std::shared_ptr<journal> book_;
};

struct resumes : reader {
    resumes(client const& api, std::shared_ptr<ledger> book, duration silence,
            std::shared_ptr<std::atomic<int>> dropped = {})
        : resumes{api, std::move(book), std::make_shared<journal>(), silence}
    {
        notes->dropped = std::move(dropped);
    }
    resumes(client const& api, std::shared_ptr<ledger> book, std::shared_ptr<journal> in,
            duration silence)
        : reader{std::make_shared<noted_line>(api.through(), in), book},
          notes{std::move(in)}
    {
        notes->truth = std::move(book);
        notes->silence_max = silence;
        pages->configure(cache_options<page>{}.silent_at_most(silence).rules());
    }

    void on_change(object_change const& change) override { own.hear(change); }
    void on_progress() override
    {
        expect(own.all == cached(), "something was missed where it resumed");
    }

    void look(std::uint64_t) override
    {
        if (notes->dropped != nullptr)
            *notes->dropped += pages->silences() != 0;
    }

    std::shared_ptr<journal> notes;
    struct copy {
        void hear(object_change const& change)
        {
            if (change.after)
                all[reader::key_of(change)] = seen_state{change.after};
            else
                all.erase(reader::key_of(change));
        }
        seen_states all;
    } own;
};

void only(simulation& sim, std::initializer_list<fault_kind> kinds)
{
    for (std::size_t i = 0; i != fault_kinds; ++i)
        if (auto const kind = static_cast<fault_kind>(i);
            std::find(kinds.begin(), kinds.end(), kind) == kinds.end())
            sim.chance_of(kind, 0);
}

} // namespace

TEST_CASE("I11 a watch that broke is begun where it was; only then, or if that is gone, it lists")
{
    check_readers("informer_resume", [](client const& api, std::shared_ptr<ledger> book) {
        return std::make_shared<resumes>(api, std::move(book), duration::zero());
    });
}

TEST_CASE("P20 a dead watch is noticed within the deadline, and begun anew without a list")
{
    auto const dropped = std::make_shared<std::atomic<int>>(0);
    check_readers(
        "informer_silence",
        [dropped](client const& api, std::shared_ptr<ledger> book) {
            return std::make_shared<resumes>(api, std::move(book), 15s, dropped);
        },
        [](simulation& sim) {
            // A process that stands still notices nothing.
            only(sim, {fault_kind::silent_watch, fault_kind::broken_watch, fault_kind::late_event,
                       fault_kind::compaction, fault_kind::hidden_event});
        });
    // The seeds bring it about.
    CHECK(*dropped > 0);
}
