// Uses every operation of spec.yaml and prints every field that comes back.
#include "desk.hpp"

#include <cstdio>
#include <cstdlib>

namespace {

void text(const char* name, std::optional<std::string_view> value) {
  if (value) {
    std::printf("%s=%s(%zu) ", name, value->data(), value->size());
  } else {
    std::printf("%s=- ", name);
  }
}

template <class T>
void number(const char* name, std::optional<T> value) {
  if (value) {
    std::printf("%s=%.15g ", name, static_cast<double>(*value));
  } else {
    std::printf("%s=- ", name);
  }
}

long long us(desk::Time time) { return static_cast<long long>(time.time_since_epoch().count()); }

void print(desk::LineView line) {
  text("sku", line.sku());
  std::printf("count=%lld parts=%zu ", static_cast<long long>(line.count()), line.parts().size());
  for (const auto part : line.parts()) print(part);
}

void print(std::optional<desk::CustomerView> customer) {
  if (!customer) {
    std::printf("customer=- ");
    return;
  }
  text("name", customer->name());
  const auto address = customer->address();
  text("street", address ? std::optional(address->street()) : std::nullopt);
  number("floor", address ? address->floor() : std::nullopt);
}

void print(std::optional<desk::OrderDeliveryView> delivery) {
  std::printf("mode=%d ", delivery ? static_cast<int>(delivery->mode()) : 0);
  text("mode", delivery ? std::optional(delivery->mode_text()) : std::nullopt);
  const auto window = delivery ? delivery->window() : std::nullopt;
  number("from", window && window->from() ? std::optional(us(*window->from())) : std::nullopt);
  if (!window) return;
  for (const auto hour : window->hours()) std::printf("hour=%d ", hour);
  for (const auto exact : window->exact()) std::printf("exact=%d ", exact);
}

void print(const char* title, const desk::OrderView& order) {
  std::printf("%s: id=%d serial=%lld open=%d total=%.15g ", title, order.id(), static_cast<long long>(order.serial()),
              order.open(), order.total());
  text("due", order.due());
  std::printf("made=%lld ", us(order.made_at()));
  text("note", order.note());
  std::printf("state=%d ", static_cast<int>(order.state()));
  text("state", order.state_text());
  print(std::optional(order.customer()));
  for (const auto line : order.lines()) print(line);
  for (const auto tag : order.tags()) text("tag", tag);
  for (std::size_t i = 0; i < order.states().size(); ++i) {
    std::printf("states=%d ", static_cast<int>(order.states()[i]));
    text("states", order.states_text()[i]);
  }
  text("spare", order.spare());
  for (const auto rating : order.ratings()) number("rating", rating);
  for (const auto moment : order.moments()) std::printf("moment=%lld ", us(moment));
  number("small", order.small_maybe());
  number("large", order.large_maybe());
  number("open", order.open_maybe());
  number("total", order.total_maybe());
  text("due", order.due_maybe());
  number("made", order.made_maybe() ? std::optional(us(*order.made_maybe())) : std::nullopt);
  text("note", order.note_maybe());
  std::printf("state=%d ", order.state_maybe() ? static_cast<int>(*order.state_maybe()) : 0);
  text("state", order.state_maybe_text());
  print(order.customer_maybe());
  for (const auto line : order.lines_maybe()) print(line);
  for (const auto tag : order.tags_maybe()) text("tag", tag);
  text("anything", order.anything());
  text("type", order.type());
  text("default", order.default_());
  print(order.delivery());
  std::printf("\n");
}

template <class T>
T must(desk::Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "%s\n", result.error().what());
    std::exit(EXIT_FAILURE);
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

template <class T>
void refused(const desk::Result<T>& result) {
  if (result) std::exit(EXIT_FAILURE);
  std::printf("refused: %s\n", result.error().what());
}

int run() {
  const auto client =
      must(desk::Client::make(desk::ClientOptions().base_url(std::getenv("DESK_BASE_URL")).api_token("key")));
  const std::string_view shop = "caf\xc3\xa9/50%?#";
  print("full", must(client.try_order_get(shop, 7)));
  print("sparse", must(client.try_order_get("sparse", 7)));

  const auto customer = desk::CustomerInput().name("Mia").address(desk::AddressInput().street("Main").floor(-1));
  const auto part = desk::LineInput().sku("p").count(2);
  const auto line = desk::LineInput().sku("l").count(1).parts({part});
  const auto moment = desk::Time(std::chrono::microseconds(1552368341032000));
  auto change = desk::OrderChange()
                    .note("n")
                    .due("2026-01-31")
                    .customer(customer)
                    .tags({"a", ""})
                    .open(false)
                    .total(1.25)
                    .small(-5)
                    .made_at(moment)
                    .state_text("FUTURE")
                    .states({desk::State::Done, desk::State::New})
                    .lines({line, part})
                    .flags({true, false})
                    .totals({0.5, 1e300})
                    .moments({desk::Time(std::chrono::microseconds(1552368341000001))})
                    .days({"2024-02-29"})
                    .words({"w", std::nullopt})
                    .anything("{\"deep\": [1, null]}")
                    .class_("first");
  print("updated", must(client.try_order_update(shop, 7, change)));
  must(client.try_order_delete(shop, 7));

  auto params = desk::OrderListParams()
                    .state({desk::State::Done, desk::State::New})
                    .tag({"a", ""})
                    .ids({1, 2})
                    .paid(true)
                    .min_total(0.25)
                    .page_size(9)
                    .due_lt("2026-01-31")
                    .created_gte(moment)
                    .class_("a b&c");
  const auto page = must(client.try_order_list(params));
  std::printf("count=%lld results=%zu\n", static_cast<long long>(page.count()), page.results().size());
  print("listed", page.results()[1]);

  auto orders = must(client.try_shop_order_iter(shop, desk::ShopOrderListParams().only_state(desk::State::New)));
  while (auto item = must(orders.try_next())) print("walked", *item);

  const auto at = [](long long us) { return desk::Time(std::chrono::microseconds(us)); };
  auto all = must(client.try_shop_order_export(shop, desk::ShopOrderListParams()
                                                         .only_state(desk::State::New)
                                                         .made_gte(at(1552348800000000))
                                                         .made_lte(at(1552435199999999))));
  while (auto window = must(all.try_next())) {
    std::printf("window: from=%lld until=%lld verified=%d\n", us(window->from()), us(window->until()), window->verified());
    for (const auto order : window->rows()) print("exported", order);
  }

  refused(client.try_order_get("..", 7));
  refused(client.try_order_get("", 7));
  refused(client.try_order_get(shop, 0));
  refused(client.try_order_list(params.page_size(10)));
  refused(client.try_order_update(shop, 7, change.days({"a"})));
  refused(client.try_order_update(shop, 7, change.days({"2024-02-29"}).small(6)));
  refused(client.try_order_update(shop, 7, change.small(5).total(0.25)));
  refused(client.try_order_update(shop, 7, change.total(0.5).customer(desk::CustomerInput())));
  return EXIT_SUCCESS;
}

}  // namespace

int main() {
  const int code = run();
  return desk_debug_live_objects() == 0 ? code : EXIT_FAILURE;
}
