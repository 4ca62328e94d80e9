/* Uses every operation of spec.yaml and prints every field that comes back. */
#include "desk.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void text(const char *name, desk_str value) {
  if (value.ptr) {
    printf("%s=%s(%zu) ", name, value.ptr, value.len);
  } else {
    printf("%s=- ", name);
  }
}

static void number(const char *name, bool there, double value) {
  if (there) {
    printf("%s=%.15g ", name, value);
  } else {
    printf("%s=- ", name);
  }
}

static void print_line(const desk_line *line) {
  text("sku", desk_line_get_sku(line));
  printf("count=%" PRId64 " parts=%zu ", desk_line_get_count(line), desk_line_get_parts_len(line));
  for (size_t i = 0; i < desk_line_get_parts_len(line); i++) print_line(desk_line_get_parts_at(line, i));
}

static void print_customer(const desk_customer *customer) {
  if (!customer) {
    printf("customer=- ");
    return;
  }
  text("name", desk_customer_get_name(customer));
  const desk_address *address = desk_customer_get_address(customer);
  text("street", desk_address_get_street(address));
  int32_t floor = 0;
  const bool has_floor = desk_address_get_floor(address, &floor);
  number("floor", has_floor, floor);
}

static void print_delivery(const desk_order_delivery *delivery) {
  printf("mode=%" PRId32 " ", desk_order_delivery_get_mode(delivery));
  text("mode", desk_order_delivery_get_mode_text(delivery));
  const desk_order_delivery_window *window = desk_order_delivery_get_window(delivery);
  int64_t from = 0;
  const bool has_from = desk_order_delivery_window_get_from_us(window, &from);
  number("from", has_from, (double)from);
  for (size_t i = 0; i < desk_order_delivery_window_get_hours_len(window); i++)
    printf("hour=%" PRId32 " ", desk_order_delivery_window_get_hours_at(window, i));
  for (size_t i = 0; i < desk_order_delivery_window_get_exact_len(window); i++)
    printf("exact=%d ", desk_order_delivery_window_get_exact_at(window, i));
}

static bool same(desk_str a, desk_str b) { return a.ptr == b.ptr && a.len == b.len; }

/* All at once is what the getters say one by one. */
static bool same_at_once(const desk_order *order) {
  desk_order_fields all = DESK_ORDER_FIELDS_INIT;
  if (!desk_order_fill_fields(order, &all)) return false;
  int32_t small = 0;
  int64_t large = 0, made = 0;
  bool open = false;
  double total = 0;
  return all.id == desk_order_get_id(order) && all.serial == desk_order_get_serial(order) &&
         all.open == desk_order_get_open(order) && all.total == desk_order_get_total(order) &&
         same(all.due, desk_order_get_due(order)) && all.made_at_us == desk_order_get_made_at_us(order) &&
         same(all.note, desk_order_get_note(order)) && all.state == desk_order_get_state(order) &&
         same(all.state_text, desk_order_get_state_text(order)) && all.customer == desk_order_get_customer(order) &&
         all.lines_len == desk_order_get_lines_len(order) && all.tags_len == desk_order_get_tags_len(order) &&
         all.states_len == desk_order_get_states_len(order) && same(all.spare, desk_order_get_spare(order)) &&
         all.ratings_len == desk_order_get_ratings_len(order) && all.moments_len == desk_order_get_moments_len(order) &&
         all.has_small_maybe == desk_order_get_small_maybe(order, &small) && all.small_maybe == small &&
         all.has_large_maybe == desk_order_get_large_maybe(order, &large) && all.large_maybe == large &&
         all.has_open_maybe == desk_order_get_open_maybe(order, &open) && all.open_maybe == open &&
         all.has_total_maybe == desk_order_get_total_maybe(order, &total) && all.total_maybe == total &&
         same(all.due_maybe, desk_order_get_due_maybe(order)) &&
         all.has_made_maybe_us == desk_order_get_made_maybe_us(order, &made) && all.made_maybe_us == made &&
         same(all.note_maybe, desk_order_get_note_maybe(order)) &&
         all.state_maybe == desk_order_get_state_maybe(order) &&
         same(all.state_maybe_text, desk_order_get_state_maybe_text(order)) &&
         all.customer_maybe == desk_order_get_customer_maybe(order) &&
         all.lines_maybe_len == desk_order_get_lines_maybe_len(order) &&
         all.tags_maybe_len == desk_order_get_tags_maybe_len(order) &&
         same(all.anything, desk_order_get_anything(order)) && same(all.type_, desk_order_get_type(order)) &&
         same(all.default_, desk_order_get_default(order)) && all.delivery == desk_order_get_delivery(order);
}

static void print_order(const char *title, const desk_order *order) {
  printf("%s: id=%" PRId32 " serial=%" PRId64 " open=%d total=%.15g ", title, desk_order_get_id(order),
         desk_order_get_serial(order), desk_order_get_open(order), desk_order_get_total(order));
  text("due", desk_order_get_due(order));
  printf("made=%" PRId64 " ", desk_order_get_made_at_us(order));
  text("note", desk_order_get_note(order));
  printf("state=%" PRId32 " ", desk_order_get_state(order));
  text("state", desk_order_get_state_text(order));
  print_customer(desk_order_get_customer(order));
  for (size_t i = 0; i < desk_order_get_lines_len(order); i++) print_line(desk_order_get_lines_at(order, i));
  for (size_t i = 0; i < desk_order_get_tags_len(order); i++) text("tag", desk_order_get_tags_at(order, i));
  for (size_t i = 0; i < desk_order_get_states_len(order); i++) {
    printf("states=%" PRId32 " ", desk_order_get_states_at(order, i));
    text("states", desk_order_get_states_at_text(order, i));
  }
  text("spare", desk_order_get_spare(order));
  for (size_t i = 0; i < desk_order_get_ratings_len(order); i++) {
    double rating = 0;
    const bool there = desk_order_get_ratings_at(order, i, &rating);
    number("rating", there, rating);
  }
  for (size_t i = 0; i < desk_order_get_moments_len(order); i++)
    printf("moment=%" PRId64 " ", desk_order_get_moments_at_us(order, i));
  int32_t small = 0;
  int64_t large = 0, made = 0;
  bool open = false;
  double total = 0;
  const bool has_small = desk_order_get_small_maybe(order, &small);
  number("small", has_small, small);
  const bool has_large = desk_order_get_large_maybe(order, &large);
  number("large", has_large, (double)large);
  const bool has_open = desk_order_get_open_maybe(order, &open);
  number("open", has_open, open);
  const bool has_total = desk_order_get_total_maybe(order, &total);
  number("total", has_total, total);
  text("due", desk_order_get_due_maybe(order));
  const bool has_made = desk_order_get_made_maybe_us(order, &made);
  number("made", has_made, (double)made);
  text("note", desk_order_get_note_maybe(order));
  printf("state=%" PRId32 " ", desk_order_get_state_maybe(order));
  text("state", desk_order_get_state_maybe_text(order));
  print_customer(desk_order_get_customer_maybe(order));
  for (size_t i = 0; i < desk_order_get_lines_maybe_len(order); i++) print_line(desk_order_get_lines_maybe_at(order, i));
  for (size_t i = 0; i < desk_order_get_tags_maybe_len(order); i++) text("tag", desk_order_get_tags_maybe_at(order, i));
  text("anything", desk_order_get_anything(order));
  text("type", desk_order_get_type(order));
  text("default", desk_order_get_default(order));
  print_delivery(desk_order_get_delivery(order));
  printf("\n");
  if (!same_at_once(order)) exit(EXIT_FAILURE);
}

static desk_error *error;

static void must(desk_status status) {
  if (status == DESK_OK) return;
  fprintf(stderr, "%s\n", desk_error_get_message(error).ptr);
  exit(EXIT_FAILURE);
}

static void refused(desk_status status) {
  if (status == DESK_OK) exit(EXIT_FAILURE);
  printf("refused: %s\n", desk_error_get_message(error).ptr);
  desk_error_free(error);
}

int main(void) {
  desk_client_options options = DESK_CLIENT_OPTIONS_INIT;
  options.base_url = desk_str_from_cstr(getenv("DESK_BASE_URL"));
  options.api_token = DESK_STR_LIT("key");
  desk_client *client = NULL;
  must(desk_client_new(&options, &client, &error));

  const desk_str shop = DESK_STR_LIT("caf\xc3\xa9/50%?#");
  desk_order *order = NULL;
  must(desk_order_get(client, shop, 7, NULL, &order, &error));
  print_order("full", order);
  desk_order_free(order);
  must(desk_order_get(client, DESK_STR_LIT("sparse"), 7, NULL, &order, &error));
  print_order("sparse", order);
  desk_order_free(order);

  desk_address_input address = DESK_ADDRESS_INPUT_INIT;
  address.street = DESK_STR_LIT("Main");
  address.has_floor = true;
  address.floor = -1;
  desk_customer_input customer = DESK_CUSTOMER_INPUT_INIT;
  customer.name = DESK_STR_LIT("Mia");
  customer.address = &address;
  desk_line_input part = DESK_LINE_INPUT_INIT, line = DESK_LINE_INPUT_INIT;
  part.sku = DESK_STR_LIT("p");
  part.count = 2;
  const desk_line_input *const parts[] = {&part};
  line.sku = DESK_STR_LIT("l");
  line.count = 1;
  line.parts = parts;
  line.parts_len = 1;
  const desk_line_input *const lines[] = {&line, &part};
  const desk_str tags[] = {DESK_STR_LIT("a"), DESK_STR_LIT("")};
  const desk_str words[] = {DESK_STR_LIT("w"), DESK_STR_ABSENT};
  const desk_str days[] = {DESK_STR_LIT("2024-02-29")};
  const int32_t states[] = {DESK_STATE_DONE, DESK_STATE_NEW};
  const bool flags[] = {true, false};
  const double totals[] = {0.5, 1e300};
  const int64_t moments[] = {1552368341000001};
  desk_order_change change = DESK_ORDER_CHANGE_INIT;
  change.note = DESK_STR_LIT("n");
  change.due = DESK_STR_LIT("2026-01-31");
  change.customer = &customer;
  change.tags = tags;
  change.tags_len = 2;
  change.has_open = true;
  change.has_total = true;
  change.total = 1.25;
  change.has_small = true;
  change.small = -5;
  change.has_made_at_us = true;
  change.made_at_us = 1552368341032000;
  change.state_text = DESK_STR_LIT("FUTURE");
  change.states = states;
  change.states_len = 2;
  change.lines = lines;
  change.lines_len = 2;
  change.flags = flags;
  change.flags_len = 2;
  change.totals = totals;
  change.totals_len = 2;
  change.moments_us = moments;
  change.moments_us_len = 1;
  change.days = days;
  change.days_len = 1;
  change.words = words;
  change.words_len = 2;
  change.anything = DESK_STR_LIT("{\"deep\": [1, null]}");
  change.class_ = DESK_STR_LIT("first");
  must(desk_order_update(client, shop, 7, &change, NULL, &order, &error));
  print_order("updated", order);
  desk_order_free(order);
  must(desk_order_delete(client, shop, 7, NULL, &error));

  const int64_t ids[] = {1, 2};
  desk_order_list_params params = DESK_ORDER_LIST_PARAMS_INIT;
  params.state = states;
  params.state_len = 2;
  params.tag = tags;
  params.tag_len = 2;
  params.ids = ids;
  params.ids_len = 2;
  params.has_paid = params.paid = true;
  params.has_min_total = true;
  params.min_total = 0.25;
  params.has_page_size = true;
  params.page_size = 9;
  params.due_lt = DESK_STR_LIT("2026-01-31");
  params.has_created_gte_us = true;
  params.created_gte_us = 1552368341032000;
  params.class_ = DESK_STR_LIT("a b&c");
  desk_order_page *page = NULL;
  must(desk_order_list(client, &params, NULL, &page, &error));
  printf("count=%" PRId64 " results=%zu\n", desk_order_page_get_count(page), desk_order_page_get_results_len(page));
  print_order("listed", desk_order_page_get_results_at(page, 1));
  desk_order_page_free(page);

  desk_shop_order_list_params few = DESK_SHOP_ORDER_LIST_PARAMS_INIT;
  few.only_state = DESK_STATE_NEW;
  desk_shop_order_iter *iter = NULL;
  const desk_order *item = NULL;
  must(desk_shop_order_iter_new(client, shop, &few, NULL, NULL, &iter, &error));
  for (;;) {
    must(desk_shop_order_iter_next(iter, &item, &error));
    if (!item) break;
    print_order("walked", item);
  }
  desk_shop_order_iter_free(iter);

  few.has_made_gte_us = few.has_made_lte_us = true;
  few.made_gte_us = 1552348800000000;
  few.made_lte_us = 1552435199999999;
  desk_shop_order_export *all = NULL;
  const desk_window *window = NULL;
  must(desk_shop_order_export_new(client, shop, &few, NULL, NULL, &all, &error));
  for (;;) {
    must(desk_shop_order_export_next(all, &window, &error));
    if (!window) break;
    printf("window: from=%" PRId64 " until=%" PRId64 " verified=%d\n", window->from_us, window->until_us, window->verified);
    for (size_t i = 0; i < window->count; i++) print_order("exported", desk_shop_order_export_at(all, i));
  }
  desk_shop_order_export_free(all);

  refused(desk_order_get(client, DESK_STR_LIT(".."), 7, NULL, &order, &error));
  refused(desk_order_get(client, DESK_STR_LIT(""), 7, NULL, &order, &error));
  refused(desk_order_get(client, shop, 0, NULL, &order, &error));
  params.page_size = 10;
  refused(desk_order_list(client, &params, NULL, &page, &error));
  change.days = tags;
  refused(desk_order_update(client, shop, 7, &change, NULL, &order, &error));
  change.days = days;
  change.small = 6;
  refused(desk_order_update(client, shop, 7, &change, NULL, &order, &error));
  change.small = 5;
  change.total = 0.25;
  refused(desk_order_update(client, shop, 7, &change, NULL, &order, &error));
  change.total = 0.5;
  customer.name.ptr = NULL;
  customer.name.len = 0;
  refused(desk_order_update(client, shop, 7, &change, NULL, &order, &error));

  desk_client_free(client);
  return desk_debug_live_objects() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
