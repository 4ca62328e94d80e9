/* Generated from openapi/desk.yaml by `cargo xtask codegen`. Do not edit. */

/**
 * @file
 * libdesk: the C interface of the Desk SDK for the Sendbird Desk Platform API. C99, also C++11 and later.
 *
 * The rules, which hold for every function:
 *
 * Errors. A function that can fail returns desk_status (0 is success) and takes `desk_error **err` last. `err` may be
 * NULL; else `*err` is a new error on failure, to be freed with desk_error_free, and NULL on success. Outputs are
 * written on success only, and set to NULL otherwise. There is no thread-local or global error.
 *
 * Ask an error for its outcome before you do anything again: DESK_OUTCOME_UNKNOWN means that a message may have gone out.
 *
 * Objects. What a function hands out through `out` is yours: free it with the `_free` of its type, once, from any
 * thread. `_free(NULL)` does nothing. What a getter hands out (texts, items, nested objects) is borrowed: it lives until
 * the object it came from is freed, and is never freed itself.
 *
 * Text is desk_str: pointer and length, UTF-8. Text you pass in need not end in NUL and is only read during the call;
 * what must be text is checked to be UTF-8. Text you get ends in NUL as well. `{NULL, 0}` is absent.
 *
 * Structs that you fill in begin with struct_size: start them from their `_INIT` macro and set what you need. Zero means
 * absent or default. A flag `has_x` says whether the number `x` is set. Newer versions only add members at the end.
 *
 * Getters of NULL answer 0, false, NULL or `{NULL, 0}`. Values that may be absent are read by
 * `bool ..._get_x(object, &x)`. Enumerations are int32_t with constants; 0 is absent or unknown, and `_text` has what
 * the service sent. Times are µs since the Unix epoch. Free-form JSON comes as text.
 *
 * Asynchronous calls. A function whose name ends in `_async` takes the arguments of the blocking form, starts the call and
 * returns at once. How the call ends is told in one of three ways. With a `callback`: it is called once, on the thread
 * `desk-cb` of the client, after `*op` and `*err` are set, and before desk_client_free returns. With a desk_queue in the
 * options: the call arrives there once, and desk_queue_next calls its callback, if it has one, on the thread that you choose.
 * With neither: ask `*op` by desk_op_poll or desk_op_wait. Then take the result, once. `op` may be NULL with a callback or
 * queue. `user_data` is handed to the callback, and by desk_op_get_user_data;
 * `user_data_free`, unless NULL, is called with it once: when the callback has returned and every handle of the call is freed,
 * on `desk-cb` or in desk_op_free or desk_queue_free. If the start fails, neither is called, and `user_data` stays yours.
 *
 * Threads. A desk_client may be used from any threads at once. Results and errors never change and may be read from any
 * thread; one owner frees them. The library starts no thread before the first call. Asynchronous calls have the threads
 * `desk-io` and `desk-cb` of their client, which end in desk_client_free. The look-up of a host name has a thread `desk-dns`, at
 * most one for each host at a time; it ends with the look-up, which may hang longer than the client lives. Signals of the
 * program are blocked on these threads. If the system has no thread left, the call fails with DESK_OUTCOME_NOT_SENT.
 * The library installs no signal handler. A client must not be used in a forked child (DESK_FORKED).
 */

#ifndef DESK_H
#define DESK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The version of this header; desk_version() is that of the library. */
#define DESK_VERSION "0.1.0"
/** Its first number. */
#define DESK_VERSION_MAJOR 0
/** Its second number. */
#define DESK_VERSION_MINOR 1
/** Its third number. */
#define DESK_VERSION_PATCH 0
/** MAJOR * 10000 + MINOR * 100 + PATCH, for comparisons. */
#define DESK_VERSION_NUM 100

/** A literal as a desk_str: DESK_STR_LIT("text"). Its length is taken at compile time and may include NULs. */
#ifdef __cplusplus
#define DESK_STR_LIT(text) desk_str { "" text, sizeof("" text) - 1 }
#else
#define DESK_STR_LIT(text) ((desk_str) { "" text, sizeof("" text) - 1 })
#endif

/** The same for initialisers, also static ones: static const desk_str greeting = DESK_STR_INIT("hello"); */
#define DESK_STR_INIT(text) { "" text, sizeof("" text) - 1 }

/** Initialiser of an absent text. */
#define DESK_STR_ABSENT { NULL, 0 }


/**
 * Nothing reached the service. Sending it (again) is safe.
 */
#define DESK_OUTCOME_NOT_SENT 1

/**
 * The service refused it and did nothing.
 */
#define DESK_OUTCOME_REJECTED 2

/**
 * The service may have carried it out. Find out before sending it again.
 */
#define DESK_OUTCOME_UNKNOWN 3

/**
 * An attempt that was answered.
 */
#define DESK_LOG_DEBUG 1

/**
 * A call that succeeded.
 */
#define DESK_LOG_INFO 2

/**
 * An attempt that failed.
 */
#define DESK_LOG_WARN 3

/**
 * A call that failed.
 */
#define DESK_LOG_ERROR 4

/**
 * `LOW`. The priority of a chat. The default of the service is not documented.
 */
#define DESK_PRIORITY_LOW 1

/**
 * `MEDIUM`
 */
#define DESK_PRIORITY_MEDIUM 2

/**
 * `HIGH`
 */
#define DESK_PRIORITY_HIGH 3

/**
 * `URGENT`
 */
#define DESK_PRIORITY_URGENT 4

/**
 * `AGENT`. Who sent a message. EVENT is everything that no user sent.
 */
#define DESK_USER_TYPE_AGENT 1

/**
 * `CUSTOMER`
 */
#define DESK_USER_TYPE_CUSTOMER 2

/**
 * `EVENT`
 */
#define DESK_USER_TYPE_EVENT 3

/**
 * `DASHBOARD`. Where the deletion of a message was asked for.
 */
#define DESK_REQUEST_ORIGIN_DASHBOARD 1

/**
 * `PLATFORM_API`
 */
#define DESK_REQUEST_ORIGIN_PLATFORM_API 2

/**
 * `SENDBIRD`. The channel over which a ticket came in.
 */
#define DESK_CHANNEL_TYPE_SENDBIRD 1

/**
 * `FACEBOOK_CONVERSATION`
 */
#define DESK_CHANNEL_TYPE_FACEBOOK_CONVERSATION 2

/**
 * `FACEBOOK_FEED`
 */
#define DESK_CHANNEL_TYPE_FACEBOOK_FEED 3

/**
 * `SENDBIRD_IOS`
 */
#define DESK_CHANNEL_TYPE_SENDBIRD_IOS 4

/**
 * `SENDBIRD_ANDROID`
 */
#define DESK_CHANNEL_TYPE_SENDBIRD_ANDROID 5

/**
 * `SENDBIRD_JAVASCRIPT`
 */
#define DESK_CHANNEL_TYPE_SENDBIRD_JAVASCRIPT 6

/**
 * `TWITTER_STATUS`
 */
#define DESK_CHANNEL_TYPE_TWITTER_STATUS 7

/**
 * `TWITTER_DIRECT_MESSAGE_EVENT`
 */
#define DESK_CHANNEL_TYPE_TWITTER_DIRECT_MESSAGE_EVENT 8

/**
 * `INSTAGRAM_COMMENT`
 */
#define DESK_CHANNEL_TYPE_INSTAGRAM_COMMENT 9

/**
 * `WHATSAPP_MESSAGE`
 */
#define DESK_CHANNEL_TYPE_WHATSAPP_MESSAGE 10

/**
 * Cancels the calls that have it in their `desk_call_options`, under way or still to come. Any thread may use it, also from
 * inside a log callback. Free it with `desk_cancel_free`; calls that have it go on with it.
 */
typedef struct desk_cancel desk_cancel;

/**
 * One message between an agent and a customer, or from Desk itself. Immutable; borrowed from the result it was
 * read from.
 */
typedef struct desk_chat_message desk_chat_message;

/**
 * Reads every item of `desk_chat_message_list` in a closed interval of time, window by window: from
 * `created_at_gte_us` to `created_at_lte_us` of its parameters, but no further than `settle_ms` behind the
 * service's clock; the last window says how far that was. Rows that come and go meanwhile make it lose none and
 * double none: each window is read until the service counts as many rows as came, and says whether it did. One
 * thread at a time; free it with `desk_chat_message_export_free`.
 */
typedef struct desk_chat_message_export desk_chat_message_export;

/**
 * Walks over every item of `desk_chat_message_list`, page after page. One thread at a time; free it with
 * `desk_chat_message_iter_free`.
 */
typedef struct desk_chat_message_iter desk_chat_message_iter;

/**
 * One page of a list of messages. Immutable; any thread may read it. Free it with `desk_chat_message_page_free`.
 */
typedef struct desk_chat_message_page desk_chat_message_page;

/**
 * A client of one Desk application. Any thread may use it, also several at once. Free it with `desk_client_free`.
 */
typedef struct desk_client desk_client;

/**
 * Why a call failed. Immutable; any thread may read it. Free it with `desk_error_free`.
 */
typedef struct desk_error desk_error;

/**
 * A call that was started by a function whose name ends in `_async`. Each handle that a function hands out through an
 * `out` argument is one of its own: free each with `desk_op_free`. Any thread may use it, also several at once.
 */
typedef struct desk_op desk_op;

/**
 * A message that was sent to customers first, and what came of it. One chat stands for one ticket for each
 * customer. Immutable; any thread may read it. Free it with `desk_proactive_chat_free`.
 */
typedef struct desk_proactive_chat desk_proactive_chat;

/**
 * Where asynchronous calls arrive when they have ended: set it in their `desk_call_options`, poll `desk_queue_fd` in your
 * event loop, and take them with `desk_queue_next`. Calls of any clients may share it. Any thread may use it, also several
 * at once. Free it with `desk_queue_free`.
 */
typedef struct desk_queue desk_queue;

/**
 * The answer to a `desk_raw_call`. Immutable; any thread may read it. Free it with `desk_raw_result_free`.
 */
typedef struct desk_raw_result desk_raw_result;

/**
 * What is known of the call that brought a result, from `desk_..._response`. Immutable; borrowed from the result.
 */
typedef struct desk_response desk_response;

/**
 * Reads every item of `desk_ticket_chat_message_list`, which cannot be asked for a stretch of time: all of it is
 * one window, and neither `settle_ms` nor `rows_per_window` has an effect. Rows that come and go meanwhile make
 * it lose none and double none: each window is read until the service counts as many rows as came, and says
 * whether it did. One thread at a time; free it with `desk_ticket_chat_message_export_free`.
 */
typedef struct desk_ticket_chat_message_export desk_ticket_chat_message_export;

/**
 * Walks over every item of `desk_ticket_chat_message_list`, page after page. One thread at a time; free it with
 * `desk_ticket_chat_message_iter_free`.
 */
typedef struct desk_ticket_chat_message_iter desk_ticket_chat_message_iter;

/**
 * A text: `len` bytes of UTF-8 at `ptr`. `{NULL, 0}` is an absent text; an empty one has a pointer.
 *
 * A text handed to the library need not end in NUL and is only read during the call. A text handed out ends in NUL as
 * well (not counted in `len`) and lives until the object it came from is freed.
 */
typedef struct desk_str {
  /**
   * First byte, or NULL.
   */
  const char *ptr;
  /**
   * Number of bytes.
   */
  size_t len;
} desk_str;

/**
 * How a call ended: `DESK_OK` (0) or the class of the error. 1 to 99: the caller; 100 to 199: the way to the service;
 * 200 to 299: its answer; from 900: the library. Treat a number you do not know as an error.
 */
typedef int32_t desk_status;

/**
 * Settings of a client. Start from `DESK_CLIENT_OPTIONS_INIT`; zero means default.
 */
typedef struct desk_client_options {
  /**
   * `sizeof(desk_client_options)`, set by the INIT macro.
   */
  size_t struct_size;
  /**
   * The application's id (dashboard: Settings, Application, General). May be left out if `base_url` is set.
   */
  struct desk_str application_id;
  /**
   * The API token (dashboard: Settings, Desk, Credentials). Sent to the base URL's origin and nowhere else.
   */
  struct desk_str api_token;
  /**
   * Another address than the service's own, such as the emulator's: https, or http on this machine.
   */
  struct desk_str base_url;
  /**
   * Time to open a connection, TLS included, in ms; 0: 5,000.
   */
  int64_t connect_timeout_ms;
  /**
   * Time for a whole call, waits and retries included, in ms; 0: 120,000.
   */
  int64_t timeout_ms;
  /**
   * Time for one attempt, in ms; 0: 60,000.
   */
  int64_t attempt_timeout_ms;
  /**
   * How long the service may be silent while its answer is awaited or read, in ms; 0: 30,000.
   */
  int64_t idle_timeout_ms;
  /**
   * The program's own name and version, sent behind the SDK's in `User-Agent`.
   */
  struct desk_str user_agent;
  /**
   * Certificates to trust instead of the platform's, PEM, one or more.
   */
  struct desk_str ca_pem;
  /**
   * The same, as the path of a file that is read while the client is made.
   */
  struct desk_str ca_file;
  /**
   * The proxy to go through, `http://host:port`. Absent: the one that `HTTPS_PROXY` and `NO_PROXY` name; empty: none.
   * Addresses of this machine are never reached through a proxy.
   */
  struct desk_str proxy;
  /**
   * How many unused connections are kept for later calls; 0: 32.
   */
  int64_t max_idle_connections;
  /**
   * At most so many reads a second, evenly spaced; 0: no limit. After a 429 all calls of a limited client pause for as
   * long as the service asks, and the rate falls to 0.7 of what it was and grows back by 2 % a second.
   */
  double reads_per_second;
  /**
   * The same for requests that are no reads.
   */
  double writes_per_second;
} desk_client_options;

/**
 * What a log callback is told. It and its texts live during the callback. Newer versions add members at the end.
 */
typedef struct desk_log_record {
  /**
   * Its size; members beyond it are not there.
   */
  size_t record_size;
  /**
   * One of `DESK_LOG_...`.
   */
  int32_t level;
  /**
   * The HTTP status; 0 if the service did not answer.
   */
  int32_t http_status;
  /**
   * The number of the attempt, from 1; of a call, how many there were.
   */
  int32_t attempts;
  /**
   * One of `DESK_OUTCOME_...` of a failure, else 0.
   */
  int32_t outcome;
  /**
   * Time since the attempt or the call began, in µs.
   */
  int64_t elapsed_us;
  /**
   * How long it is until the next attempt, in ms; -1 if there is none.
   */
  int64_t retry_in_ms;
  /**
   * The operation, such as `ticket_get`.
   */
  struct desk_str operation;
  /**
   * `GET`, `POST`, …
   */
  struct desk_str method;
  /**
   * The path as the spec has it, with names instead of values.
   */
  struct desk_str path;
  /**
   * One line for people. It holds no token, URL or message text.
   */
  struct desk_str message;
} desk_log_record;

/**
 * A log callback: called on a thread that makes a call through the client, also from several at once. It must be quick, and
 * may call anything of the library but operations, which answer `DESK_WOULD_DEADLOCK`. No exception may leave it.
 */
typedef void (*desk_log_fn)(void *user_data, const struct desk_log_record *record);

/**
 * A name and a value: a header, or a parameter of a query.
 */
typedef struct desk_pair {
  /**
   * The name.
   */
  struct desk_str name;
  /**
   * The value.
   */
  struct desk_str value;
} desk_pair;

/**
 * A request of `desk_raw_call`. Start from `DESK_RAW_REQUEST_INIT`.
 */
typedef struct desk_raw_request {
  /**
   * `sizeof(desk_raw_request)`, set by the INIT macro.
   */
  size_t struct_size;
  /**
   * `GET`, `POST`, `PUT`, `PATCH`, `DELETE` or `HEAD`.
   */
  struct desk_str method;
  /**
   * Relative to the base URL, as `tickets/1`; plain text, which is encoded.
   */
  struct desk_str path;
  /**
   * Names and values of the query, plain text.
   */
  const struct desk_pair *query;
  /**
   * Number of `query`.
   */
  size_t query_len;
  /**
   * The body, as JSON text; absent: none.
   */
  struct desk_str json;
} desk_raw_request;

/**
 * What one call may do differently. Start from `DESK_CALL_OPTIONS_INIT`; zero means as the client does.
 */
typedef struct desk_call_options {
  /**
   * `sizeof(desk_call_options)`, set by the INIT macro.
   */
  size_t struct_size;
  /**
   * Time for the whole call, waits and retries included, in ms; 0: as the client.
   */
  int64_t timeout_ms;
  /**
   * How often the request is sent at most, the first time included; 0: 5. A request that is not a read is sent again only
   * if the service certainly did nothing.
   */
  int64_t max_attempts;
  /**
   * Time for one attempt, in ms; 0: as the client.
   */
  int64_t attempt_timeout_ms;
  /**
   * More headers. The token and what describes the body are not to be replaced.
   */
  const struct desk_pair *headers;
  /**
   * Number of `headers`.
   */
  size_t headers_len;
  /**
   * Cancels the call; NULL: nothing does.
   */
  const struct desk_cancel *cancel;
  /**
   * Where an asynchronous call arrives when it has ended; its callback, if any, is then called by `desk_queue_next`. NULL:
   * nowhere. Of no meaning for a call that blocks.
   */
  const struct desk_queue *queue;
} desk_call_options;

/**
 * Called once when a call has ended: on the thread `desk-cb` of its client, one at a time, or inside `desk_queue_next` if the
 * call has a queue. Take the result from `op`, which is borrowed and valid during the callback. It may start other calls, and
 * free anything but `op`; what blocks answers `DESK_WOULD_DEADLOCK` on `desk-cb`. No exception may leave it.
 */
typedef void (*desk_op_fn)(const struct desk_op *op, void *user_data);

/**
 * Called once with the user data of a call that the library will not use again.
 */
typedef void (*desk_free_fn)(void *user_data);

/**
 * Every property of a `desk_proactive_chat` at once. Start from `DESK_PROACTIVE_CHAT_FIELDS_INIT` and fill it in
 * with `desk_proactive_chat_fill_fields`. Texts and objects live as long as the result they came from; absent
 * ones are NULL, and a property that may be absent otherwise has a flag. Filled in by an older library, what it
 * does not know is zero, also where there is no flag.
 */
typedef struct desk_proactive_chat_fields {
  /**
   * `sizeof(desk_proactive_chat_fields)`, set by the INIT macro.
   */
  size_t struct_size;
  /**
   * The id of the proactive chat.
   */
  int64_t id;
  /**
   * The id of the Desk project.
   */
  int64_t project;
  /**
   * The text that was sent.
   */
  struct desk_str message;
  /**
   * The number of messages in the chat.
   */
  int64_t message_count;
  /**
   * The agent who created the chat. Its shape is not documented; seen are id, displayName and sendbirdId. As JSON
   * text.
   */
  struct desk_str created_by;
  /**
   * The group the chat is assigned to. Its shape is not documented; seen are id, name and key. As JSON text.
   */
  struct desk_str assigned_group;
  /**
   * The number of chats sent out, one for each customer.
   */
  int64_t sent_count;
  /**
   * The number of chats that a customer answered.
   */
  int64_t responded_count;
  /**
   * The number of chats that were closed.
   */
  int64_t closed_count;
  /**
   * The ids of the customers as text. Its format is not documented.
   */
  struct desk_str customers_list;
  /**
   * When the chat was created (UTC, µs). In µs since the Unix epoch.
   */
  int64_t created_at_us;
  /**
   * When the chat was last updated (UTC, µs). In µs since the Unix epoch.
   */
  int64_t updated_at_us;
  /**
   * The priority of a chat. The default of the service is not documented. One of `DESK_PRIORITY_...`; 0 if absent
   * or unknown to this version.
   */
  int32_t priority;
  /**
   * `priority` as the service spells it.
   */
  struct desk_str priority_text;
} desk_proactive_chat_fields;

/**
 * Every property of a `desk_chat_message` at once. Start from `DESK_CHAT_MESSAGE_FIELDS_INIT` and fill it in
 * with `desk_chat_message_fill_fields`. Texts and objects live as long as the result they came from; absent ones
 * are NULL, and a property that may be absent otherwise has a flag. Filled in by an older library, what it does
 * not know is zero, also where there is no flag.
 */
typedef struct desk_chat_message_fields {
  /**
   * `sizeof(desk_chat_message_fields)`, set by the INIT macro.
   */
  size_t struct_size;
  /**
   * The id of the message in Desk.
   */
  int64_t id;
  /**
   * Whether there is a `message_id`.
   */
  bool has_message_id;
  /**
   * The id of the message in the ticket's channel. Absent from older shapes.
   */
  int64_t message_id;
  /**
   * The id of the ticket.
   */
  int64_t ticket;
  /**
   * The Sendbird id of the sender, or the word `event` when Desk sent it.
   */
  struct desk_str user_sendbird_id;
  /**
   * Who sent a message. EVENT is everything that no user sent. One of `DESK_USER_TYPE_...`; 0 if absent or unknown
   * to this version.
   */
  int32_t user_type;
  /**
   * `user_type` as the service spells it.
   */
  struct desk_str user_type_text;
  /**
   * When the message was sent (UTC, µs). In µs since the Unix epoch.
   */
  int64_t created_at_us;
  /**
   * The text.
   */
  struct desk_str message;
  /**
   * Extra information, such as styling or JSON text. Absent from older shapes.
   */
  struct desk_str data;
  /**
   * Whether there is a `deleted_at_us`.
   */
  bool has_deleted_at_us;
  /**
   * When the message was deleted (UTC, µs); absent or null while it is not. In µs since the Unix epoch.
   */
  int64_t deleted_at_us;
  /**
   * Where the deletion of a message was asked for. One of `DESK_REQUEST_ORIGIN_...`; 0 if absent or unknown to
   * this version.
   */
  int32_t requested_from;
  /**
   * `requested_from` as the service spells it.
   */
  struct desk_str requested_from_text;
  /**
   * The user who asked for the deletion. Its shape is not documented. As JSON text.
   */
  struct desk_str requested_by;
} desk_chat_message_fields;

/**
 * Every property of a `desk_chat_message_page` at once. Start from `DESK_CHAT_MESSAGE_PAGE_FIELDS_INIT` and fill
 * it in with `desk_chat_message_page_fill_fields`. Texts and objects live as long as the result they came from;
 * absent ones are NULL, and a property that may be absent otherwise has a flag. Filled in by an older library,
 * what it does not know is zero, also where there is no flag.
 */
typedef struct desk_chat_message_page_fields {
  /**
   * `sizeof(desk_chat_message_page_fields)`, set by the INIT macro.
   */
  size_t struct_size;
  /**
   * The number of messages in the whole list at the time of the request.
   */
  int64_t count;
  /**
   * The URL of the previous page; null on the first. For display only, never followed by the SDK.
   */
  struct desk_str previous;
  /**
   * The URL of the next page; null on the last. For display only, never followed by the SDK.
   */
  struct desk_str next;
  /**
   * Number of: The messages of this page. Its items are got by `desk_chat_message_page_get_results_at...`.
   */
  size_t results_len;
} desk_chat_message_page_fields;

/**
 * What to send, to whom, and who handles the answers. Start from `DESK_NEW_PROACTIVE_CHAT_INIT`; zero means
 * absent.
 */
typedef struct desk_new_proactive_chat {
  /**
   * `sizeof(desk_new_proactive_chat)`, set by the INIT macro.
   */
  size_t struct_size;
  /**
   * Required. The text to send to each customer.
   */
  struct desk_str message;
  /**
   * Required. The key of the group (team) that the tickets are assigned to. The default team has no key.
   */
  struct desk_str group_key;
  /**
   * Required. Desk ids of the customers to message (not their Sendbird user ids).
   */
  const int64_t *customer_ids;
  /**
   * Number of items of `customer_ids`.
   */
  size_t customer_ids_len;
  /**
   * Required. The id of the agent who handles the chat.
   */
  int64_t agent_id;
  /**
   * The priority of a chat. The default of the service is not documented. One of `DESK_PRIORITY_...`; 0: absent.
   */
  int32_t priority;
  /**
   * Instead of `priority`: a value for which this header has no constant.
   */
  struct desk_str priority_text;
} desk_new_proactive_chat;

/**
 * Query parameters of `desk_chat_message_list`. Start from `DESK_CHAT_MESSAGE_LIST_PARAMS_INIT`; zero means
 * absent.
 */
typedef struct desk_chat_message_list_params {
  /**
   * `sizeof(desk_chat_message_list_params)`, set by the INIT macro.
   */
  size_t struct_size;
  /**
   * Whether `limit` is set.
   */
  bool has_limit;
  /**
   * Number of results on the page, 1 to 500. The default is 50.
   */
  int32_t limit;
  /**
   * Whether `offset` is set.
   */
  bool has_offset;
  /**
   * Number of results to skip before the page. The default is 0.
   */
  int64_t offset;
  /**
   * Whether `created_at_gte_us` is set.
   */
  bool has_created_at_gte_us;
  /**
   * Only messages sent at or after this time (inclusive, µs). In µs since the Unix epoch.
   */
  int64_t created_at_gte_us;
  /**
   * Whether `created_at_lte_us` is set.
   */
  bool has_created_at_lte_us;
  /**
   * Only messages sent at or before this time (inclusive, µs). In µs since the Unix epoch.
   */
  int64_t created_at_lte_us;
  /**
   * Only messages of tickets that came in over this channel. One of `DESK_CHANNEL_TYPE_...`; 0: absent.
   */
  int32_t ticket_channel_type;
  /**
   * Instead of `ticket_channel_type`: a value for which this header has no constant.
   */
  struct desk_str ticket_channel_type_text;
} desk_chat_message_list_params;

/**
 * Query parameters of `desk_ticket_chat_message_list`. Start from `DESK_TICKET_CHAT_MESSAGE_LIST_PARAMS_INIT`;
 * zero means absent.
 */
typedef struct desk_ticket_chat_message_list_params {
  /**
   * `sizeof(desk_ticket_chat_message_list_params)`, set by the INIT macro.
   */
  size_t struct_size;
  /**
   * Whether `limit` is set.
   */
  bool has_limit;
  /**
   * Number of results on the page, 1 to 500. The default is 50.
   */
  int32_t limit;
  /**
   * Whether `offset` is set.
   */
  bool has_offset;
  /**
   * Number of results to skip before the page. The default is 0.
   */
  int64_t offset;
} desk_ticket_chat_message_list_params;

/**
 * How a list is walked over. Start from `DESK_ITER_OPTIONS_INIT`; zero means default.
 */
typedef struct desk_iter_options {
  /**
   * `sizeof(desk_iter_options)`, set by the INIT macro.
   */
  size_t struct_size;
  /**
   * Ends after so many items; 0: all.
   */
  int64_t max_items;
} desk_iter_options;

/**
 * How a list is exported. Start from `DESK_EXPORT_OPTIONS_INIT`; zero means default.
 */
typedef struct desk_export_options {
  /**
   * `sizeof(desk_export_options)`, set by the INIT macro.
   */
  size_t struct_size;
  /**
   * How long after its time a row may still appear, in ms; 0: 120,000, and 1 for next to none. The export ends so far behind the
   * service's clock.
   */
  int64_t settle_ms;
  /**
   * Rows that a window should have, about; 0: 10,000. At least a page, at most 1,000,000. A window is held in memory.
   */
  int64_t rows_per_window;
  /**
   * Requests that may be on their way at once; 0: 1. At most 32. As many pages are held in memory beside a window.
   */
  int64_t in_flight;
} desk_export_options;

/**
 * What is known of a stretch of time that was read, and of its rows. It lives until its export begins to hand out another.
 * Newer versions add members at the end.
 */
typedef struct desk_window {
  /**
   * Its size; members beyond it are not there.
   */
  size_t window_size;
  /**
   * Its first microsecond, in µs since the Unix epoch.
   */
  int64_t from_us;
  /**
   * Its last microsecond: the next window begins one later.
   */
  int64_t until_us;
  /**
   * How many rows it has; they are in order of time and id.
   */
  size_t count;
  /**
   * The least id; 0 if there are no rows.
   */
  int64_t id_min;
  /**
   * The greatest id; 0 if there are no rows.
   */
  int64_t id_max;
  /**
   * Requests made for it, those that proved nothing included.
   */
  int64_t requests;
  /**
   * Rows that the service gave though their time is outside; they are not among the rows.
   */
  int64_t strays;
  /**
   * Whether these are all rows that the service counts in it. If not, there may be more, some may have been deleted
   * meanwhile, or some may have no time: do not take it for complete.
   */
  bool verified;
} desk_window;

/**
 * Success.
 */
#define DESK_OK 0

/**
 * An argument breaks a rule; the message names it. Nothing was sent.
 */
#define DESK_INVALID_ARGUMENT 1

/**
 * The client was made before a fork and is of no use in the child. Make a new one there.
 */
#define DESK_FORKED 2

/**
 * A blocking call from a thread that must not block: inside a callback, or on a thread of an async runtime.
 */
#define DESK_WOULD_DEADLOCK 3

/**
 * The call has not ended yet.
 */
#define DESK_NOT_READY 4

/**
 * No connection: name lookup, refused, TLS handshake, proxy.
 */
#define DESK_CONNECT 100

/**
 * The time allowed ran out.
 */
#define DESK_TIMEOUT 101

/**
 * The connection broke after the request may have left.
 */
#define DESK_TRANSPORT 102

/**
 * The answer is larger than the library takes (32 MB).
 */
#define DESK_TOO_LARGE 103

/**
 * The service answered with a redirect, which is never followed.
 */
#define DESK_REDIRECT 104

/**
 * A success whose body could not be read.
 */
#define DESK_DECODE 105

/**
 * Answers that do not fit together: a list that does not move on, or whose count is not that of its rows.
 */
#define DESK_INCONSISTENT 106

/**
 * The call's `desk_cancel` was triggered, or its client freed.
 */
#define DESK_CANCELLED 107

/**
 * HTTP 401 or 403.
 */
#define DESK_UNAUTHORIZED 200

/**
 * HTTP 404 or 410.
 */
#define DESK_NOT_FOUND 201

/**
 * HTTP 429.
 */
#define DESK_RATE_LIMITED 202

/**
 * Any other HTTP 4xx.
 */
#define DESK_REFUSED 203

/**
 * HTTP 5xx.
 */
#define DESK_SERVICE 204

/**
 * A defect in the library was stopped at its boundary.
 */
#define DESK_PANIC 900

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The text at `text` up to its NUL; `{NULL, 0}` for NULL. Nothing is copied: it lives as long as `text`.
 */
struct desk_str desk_str_from_cstr(const char *text);

/**
 * The name of a status, such as `DESK_OK`; `DESK_UNKNOWN_STATUS` for a number that this version does not know. The text
 * is static. Any thread.
 */
struct desk_str desk_status_name(desk_status status);

/**
 * The version of the library that is running, such as `0.1.0`; compare with `DESK_VERSION`, that of the header. The text
 * is static. Any thread.
 */
struct desk_str desk_version(void);

/**
 * How many objects (clients, errors, results) were handed out and not freed yet. A program that frees all it got reads 0
 * at its end. Any thread.
 */
size_t desk_debug_live_objects(void);

/**
 * Frees an error; NULL is fine. Every text got from it ends with it. Any thread, once.
 */
void desk_error_free(struct desk_error *error);

/**
 * The class of the error, one of `DESK_...`; `DESK_OK` for NULL.
 */
desk_status desk_error_get_code(const struct desk_error *error);

/**
 * One line for people: what happened, whether anything was sent, what to do next. It holds no token, URL or message
 * text. Lives until the error is freed.
 */
struct desk_str desk_error_get_message(const struct desk_error *error);

/**
 * What is known of the request's fate, one of `DESK_OUTCOME_...`; 0 for NULL.
 */
int32_t desk_error_get_outcome(const struct desk_error *error);

/**
 * The HTTP status; 0 if the service did not answer.
 */
int32_t desk_error_get_http_status(const struct desk_error *error);

/**
 * The service's own code, a number or a word as text. Lives until the error is freed.
 */
struct desk_str desk_error_get_service_code(const struct desk_error *error);

/**
 * The service's own explanation. It may repeat what was sent: do not log it where message text must not go. Lives until
 * the error is freed.
 */
struct desk_str desk_error_get_service_text(const struct desk_error *error);

/**
 * The raw body of the answer, at most 1 MB of a refusal; not always UTF-8. It may hold message text, and whatever else the
 * service repeats of a request. Lives until the error is freed.
 */
struct desk_str desk_error_get_body(const struct desk_error *error);

/**
 * How long the service asks to wait, in ms; -1 if it does not.
 */
int64_t desk_error_get_retry_after_ms(const struct desk_error *error);

/**
 * How often the request was tried; 0 if it was refused before sending.
 */
int32_t desk_error_get_attempts(const struct desk_error *error);

/**
 * The service's clock when it answered the last attempt, in µs since the Unix epoch, whole seconds. Whether it is there, and if so, into
 * `out` (NULL: not wanted).
 */
bool desk_error_get_server_date_us(const struct desk_error *error,
                                   int64_t *out);

/**
 * Time from the start of the call to its failure, in µs, waits between attempts included; 0 if it was no call.
 */
int64_t desk_error_get_elapsed_us(const struct desk_error *error);

/**
 * The request id that the service or a gateway gave. Lives until the error is freed.
 */
struct desk_str desk_error_get_request_id(const struct desk_error *error);

/**
 * The HTTP status, 200 to 299; 0 for NULL.
 */
int32_t desk_response_get_http_status(const struct desk_response *response);

/**
 * How often the request was tried.
 */
int32_t desk_response_get_attempts(const struct desk_response *response);

/**
 * The request id that the service or a gateway gave. Lives as long as the result it came from.
 */
struct desk_str desk_response_get_request_id(const struct desk_response *response);

/**
 * The service's clock when it answered, in µs since the Unix epoch, whole seconds. Whether it is there, and if so, into
 * `out` (NULL: not wanted).
 */
bool desk_response_get_server_date_us(const struct desk_response *response,
                                      int64_t *out);

/**
 * Time from the start of the call to the last byte of the body, in µs.
 */
int64_t desk_response_get_elapsed_us(const struct desk_response *response);

/**
 * Makes a token. On success `*out` is the token, to be freed with `desk_cancel_free`; otherwise it is NULL. Any thread.
 *
 * Errors: `DESK_INVALID_ARGUMENT` if `out` is NULL.
 */
desk_status desk_cancel_new(struct desk_cancel **out, struct desk_error **err);

/**
 * Cancels, for good; NULL and a second time do nothing. A call that has the token ends at once, with its result if that is
 * there already, else with `DESK_CANCELLED` and the outcome that is known. It does not wait for the calls to end. Any
 * thread; not a signal handler.
 */
void desk_cancel_trigger(const struct desk_cancel *cancel);

/**
 * Whether it was triggered; false for NULL. Any thread.
 */
bool desk_cancel_is_triggered(const struct desk_cancel *cancel);

/**
 * Frees a token; NULL is fine. It cancels nothing. Any thread, once.
 */
void desk_cancel_free(struct desk_cancel *cancel);

/**
 * Whether the call has ended, so that its result can be taken; false for NULL. Never waits. Any thread.
 */
bool desk_op_poll(const struct desk_op *op);

/**
 * Waits until the call has ended, at most `timeout_ms` (-1: for ever), and says so with `DESK_OK`, whether it succeeded or
 * not. Any thread.
 *
 * Errors: `DESK_NOT_READY` if it has not ended in that time, which the call survives; `DESK_WOULD_DEADLOCK` inside a
 * callback; `DESK_INVALID_ARGUMENT`; `DESK_FORKED` in a child of the process that started it.
 */
desk_status desk_op_wait(const struct desk_op *op,
                         int64_t timeout_ms,
                         struct desk_error **err);

/**
 * Cancels the call; NULL and a second time do nothing. It ends at once, with its result if that is there already, else with
 * `DESK_CANCELLED` and the outcome that is known; its callback or queue is told as ever. Does not wait. Any thread, also
 * inside a callback; not a signal handler.
 */
void desk_op_cancel(const struct desk_op *op);

/**
 * The `user_data` that the call was started with; NULL for NULL. Any thread.
 */
void *desk_op_get_user_data(const struct desk_op *op);

/**
 * How a call without a result has ended: `DESK_OK`, or its error. Taken once. Any thread.
 *
 * Errors: those of the call; `DESK_NOT_READY` if it has not ended; `DESK_INVALID_ARGUMENT` if it has a result, or this was
 * asked before.
 */
desk_status desk_op_take(const struct desk_op *op,
                         struct desk_error **err);

/**
 * Frees a handle of a call; NULL is fine. A call under way goes on: cancel it first if it should not. When its last handle is
 * freed, a result that nobody took is freed too, and the user data (once the callback has returned). Any thread, once; not
 * for the borrowed handle of a callback.
 */
void desk_op_free(struct desk_op *op);

/**
 * Makes a queue. On success `*out` is the queue, to be freed with `desk_queue_free`; otherwise it is NULL. Any thread.
 *
 * Errors: `DESK_INVALID_ARGUMENT` if `out` is NULL, or the process has no file descriptor left.
 */
desk_status desk_queue_new(struct desk_queue **out, struct desk_error **err);

/**
 * A file descriptor that is readable exactly while a call is in line: for poll, epoll, select and event loops. Do not read,
 * write or close it; it is closed with the queue, or later with the last call that was to arrive there. -1 for NULL. Any
 * thread.
 */
int32_t desk_queue_fd(const struct desk_queue *queue);

/**
 * The next call that has ended: `*out` is a handle of it, to be freed with `desk_op_free`; NULL if none has within
 * `timeout_ms` (0: look and do not wait, -1: wait for ever). Each call arrives once. If it was started with a callback, that
 * is called here first, on this thread, where it may block. Any thread.
 *
 * Errors: `DESK_INVALID_ARGUMENT`; `DESK_WOULD_DEADLOCK` if it would wait inside a callback; `DESK_FORKED` in a child of the
 * process that made the queue.
 */
desk_status desk_queue_next(const struct desk_queue *queue,
                            int64_t timeout_ms,
                            struct desk_op **out,
                            struct desk_error **err);

/**
 * Frees a queue; NULL is fine. Calls in line, and those that would arrive later, are dropped with their results and without
 * their callbacks: take what you care for first. Any thread, once, when no other thread waits for it.
 */
void desk_queue_free(struct desk_queue *queue);

/**
 * Makes a client. Nothing is sent and no thread is started. On success `*out` is the client, to be freed with
 * `desk_client_free`; otherwise it is NULL. Any thread.
 *
 * Errors: `DESK_INVALID_ARGUMENT` names the option that is wrong.
 */
desk_status desk_client_new(const struct desk_client_options *options,
                            struct desk_client **out,
                            struct desk_error **err);

/**
 * Frees a client; NULL is fine. Calls under way are cancelled and waited for, blocking ones on other threads at most 5 s; no
 * new one may begin. Callbacks of asynchronous calls have all returned when this returns; from inside one of them, the others
 * are run before it does. Its log callback is removed, and its connections are closed once its iterators are freed too;
 * results and errors got through it stay valid. In a forked child it only forgets the client, whose connections are the
 * parent's. It waits at most 500 ms more for a look-up of a host name that its calls have given up on; a look-up that takes
 * longer ends by itself, on its thread `desk-dns`. After a `DESK_PANIC` it may leak memory and file descriptors. Any thread, once; not
 * from its own log callback, and not from two callbacks at once that free each other's clients, which would wait for each
 * other.
 */
void desk_client_free(struct desk_client *client);

/**
 * Sets the callback that is told of every attempt and call of this client; NULL removes it. When this returns, a callback
 * set before is not running on another thread and is never called again, so that its `user_data` may be freed; called from
 * inside a callback it does not wait for others. Any thread.
 *
 * Errors: `DESK_INVALID_ARGUMENT` if `client` is NULL.
 */
desk_status desk_client_set_log(struct desk_client *client,
                                desk_log_fn callback,
                                void *user_data,
                                struct desk_error **err);

/**
 * Makes a call that the spec does not have yet. It is sent like any other: a GET or HEAD is repeated after passing trouble,
 * anything else only if the service certainly did nothing. Blocks until the answer is there or the time is over. On success
 * `*out` is the answer, to be freed with `desk_raw_result_free`; otherwise it is NULL. `options` may be NULL. Any thread.
 *
 * Errors: `DESK_INVALID_ARGUMENT` for an unknown method or a path that leaves the base URL; any other `desk_status`.
 */
desk_status desk_raw_call(struct desk_client *client,
                          const struct desk_raw_request *request,
                          const struct desk_call_options *options,
                          struct desk_raw_result **out,
                          struct desk_error **err);

/**
 * Starts a raw call; see `desk_raw_call` and the rules of asynchronous calls at the top. Its result is taken with
 * `desk_op_take_raw_result`. Any thread.
 *
 * Errors: as `desk_raw_call` for its arguments; those of the call come with its result.
 */
desk_status desk_raw_call_async(struct desk_client *client,
                                const struct desk_raw_request *request,
                                const struct desk_call_options *options,
                                desk_op_fn callback,
                                void *user_data,
                                desk_free_fn user_data_free,
                                struct desk_op **op,
                                struct desk_error **err);

/**
 * Takes the result of a `desk_raw_call_async` that has ended, once. On success `*out` is the answer, to be freed with
 * `desk_raw_result_free`; otherwise it is NULL. Any thread.
 *
 * Errors: those of the call; `DESK_NOT_READY` if it has not ended; `DESK_INVALID_ARGUMENT` if it is another call's or was
 * taken.
 */
desk_status desk_op_take_raw_result(const struct desk_op *op,
                                    struct desk_raw_result **out,
                                    struct desk_error **err);

/**
 * Frees an answer; NULL is fine. Every text got from it ends with it. Any thread, once.
 */
void desk_raw_result_free(struct desk_raw_result *result);

/**
 * What is known of the call. Borrowed from the answer.
 */
const struct desk_response *desk_raw_result_response(const struct desk_raw_result *result);

/**
 * The body, at most 32 MB; not always UTF-8. It may hold message text. Lives as long as the answer.
 */
struct desk_str desk_raw_result_get_body(const struct desk_raw_result *result);

/**
 * Number of headers.
 */
size_t desk_raw_result_get_headers_len(const struct desk_raw_result *result);

/**
 * The name of the header at `index`, in lower case; `{NULL, 0}` beyond the end. Lives as long as the answer.
 */
struct desk_str desk_raw_result_get_header_name_at(const struct desk_raw_result *result, size_t index);

/**
 * The value of the header at `index`; not always UTF-8; `{NULL, 0}` beyond the end. Lives as long as the answer.
 */
struct desk_str desk_raw_result_get_header_value_at(const struct desk_raw_result *result, size_t index);

/**
 * Frees a result; NULL is fine. Every text and object got from it ends with it. Any thread, once.
 */
void desk_proactive_chat_free(struct desk_proactive_chat *result);

/**
 * What is known of the call that brought it; NULL for one that is part of another result. Borrowed.
 */
const struct desk_response *desk_proactive_chat_response(const struct desk_proactive_chat *proactive_chat);

/**
 * The id of the proactive chat.
 */
int64_t desk_proactive_chat_get_id(const struct desk_proactive_chat *proactive_chat);

/**
 * The id of the Desk project.
 */
int64_t desk_proactive_chat_get_project(const struct desk_proactive_chat *proactive_chat);

/**
 * The text that was sent. Lives as long as the result it came from.
 */
struct desk_str desk_proactive_chat_get_message(const struct desk_proactive_chat *proactive_chat);

/**
 * The number of messages in the chat.
 */
int64_t desk_proactive_chat_get_message_count(const struct desk_proactive_chat *proactive_chat);

/**
 * The agent who created the chat. Its shape is not documented; seen are id, displayName and sendbirdId. As JSON
 * text. Lives as long as the result it came from.
 */
struct desk_str desk_proactive_chat_get_created_by(const struct desk_proactive_chat *proactive_chat);

/**
 * The group the chat is assigned to. Its shape is not documented; seen are id, name and key. As JSON text. Lives
 * as long as the result it came from.
 */
struct desk_str desk_proactive_chat_get_assigned_group(const struct desk_proactive_chat *proactive_chat);

/**
 * The number of chats sent out, one for each customer.
 */
int64_t desk_proactive_chat_get_sent_count(const struct desk_proactive_chat *proactive_chat);

/**
 * The number of chats that a customer answered.
 */
int64_t desk_proactive_chat_get_responded_count(const struct desk_proactive_chat *proactive_chat);

/**
 * The number of chats that were closed.
 */
int64_t desk_proactive_chat_get_closed_count(const struct desk_proactive_chat *proactive_chat);

/**
 * The ids of the customers as text. Its format is not documented. Lives as long as the result it came from.
 */
struct desk_str desk_proactive_chat_get_customers_list(const struct desk_proactive_chat *proactive_chat);

/**
 * When the chat was created (UTC, µs). In µs since the Unix epoch.
 */
int64_t desk_proactive_chat_get_created_at_us(const struct desk_proactive_chat *proactive_chat);

/**
 * When the chat was last updated (UTC, µs). In µs since the Unix epoch.
 */
int64_t desk_proactive_chat_get_updated_at_us(const struct desk_proactive_chat *proactive_chat);

/**
 * The priority of a chat. The default of the service is not documented. One of `DESK_PRIORITY_...`; 0 if absent
 * or unknown to this version.
 */
int32_t desk_proactive_chat_get_priority(const struct desk_proactive_chat *proactive_chat);

/**
 * The priority of a chat. The default of the service is not documented. As the service spells it. Lives as long
 * as the result it came from.
 */
struct desk_str desk_proactive_chat_get_priority_text(const struct desk_proactive_chat *proactive_chat);

/**
 * The id of the message in Desk.
 */
int64_t desk_chat_message_get_id(const struct desk_chat_message *chat_message);

/**
 * The id of the message in the ticket's channel. Absent from older shapes. Whether it is there, and if so, into
 * `out` (NULL: not wanted).
 */
bool desk_chat_message_get_message_id(const struct desk_chat_message *chat_message, int64_t *out);

/**
 * The id of the ticket.
 */
int64_t desk_chat_message_get_ticket(const struct desk_chat_message *chat_message);

/**
 * The Sendbird id of the sender, or the word `event` when Desk sent it. Lives as long as the result it came
 * from.
 */
struct desk_str desk_chat_message_get_user_sendbird_id(const struct desk_chat_message *chat_message);

/**
 * Who sent a message. EVENT is everything that no user sent. One of `DESK_USER_TYPE_...`; 0 if absent or unknown
 * to this version.
 */
int32_t desk_chat_message_get_user_type(const struct desk_chat_message *chat_message);

/**
 * Who sent a message. EVENT is everything that no user sent. As the service spells it. Lives as long as the
 * result it came from.
 */
struct desk_str desk_chat_message_get_user_type_text(const struct desk_chat_message *chat_message);

/**
 * When the message was sent (UTC, µs). In µs since the Unix epoch.
 */
int64_t desk_chat_message_get_created_at_us(const struct desk_chat_message *chat_message);

/**
 * The text. Lives as long as the result it came from.
 */
struct desk_str desk_chat_message_get_message(const struct desk_chat_message *chat_message);

/**
 * Extra information, such as styling or JSON text. Absent from older shapes. Lives as long as the result it came
 * from.
 */
struct desk_str desk_chat_message_get_data(const struct desk_chat_message *chat_message);

/**
 * When the message was deleted (UTC, µs); absent or null while it is not. In µs since the Unix epoch. Whether it
 * is there, and if so, into `out` (NULL: not wanted).
 */
bool desk_chat_message_get_deleted_at_us(const struct desk_chat_message *chat_message, int64_t *out);

/**
 * Where the deletion of a message was asked for. One of `DESK_REQUEST_ORIGIN_...`; 0 if absent or unknown to
 * this version.
 */
int32_t desk_chat_message_get_requested_from(const struct desk_chat_message *chat_message);

/**
 * Where the deletion of a message was asked for. As the service spells it. Lives as long as the result it came
 * from.
 */
struct desk_str desk_chat_message_get_requested_from_text(const struct desk_chat_message *chat_message);

/**
 * The user who asked for the deletion. Its shape is not documented. As JSON text. Lives as long as the result it
 * came from.
 */
struct desk_str desk_chat_message_get_requested_by(const struct desk_chat_message *chat_message);

/**
 * Frees a result; NULL is fine. Every text and object got from it ends with it. Any thread, once.
 */
void desk_chat_message_page_free(struct desk_chat_message_page *result);

/**
 * What is known of the call that brought it; NULL for one that is part of another result. Borrowed.
 */
const struct desk_response *desk_chat_message_page_response(const struct desk_chat_message_page *chat_message_page);

/**
 * The number of messages in the whole list at the time of the request.
 */
int64_t desk_chat_message_page_get_count(const struct desk_chat_message_page *chat_message_page);

/**
 * The URL of the previous page; null on the first. For display only, never followed by the SDK. Lives as long as
 * the result it came from.
 */
struct desk_str desk_chat_message_page_get_previous(const struct desk_chat_message_page *chat_message_page);

/**
 * The URL of the next page; null on the last. For display only, never followed by the SDK. Lives as long as the
 * result it came from.
 */
struct desk_str desk_chat_message_page_get_next(const struct desk_chat_message_page *chat_message_page);

/**
 * Number of: The messages of this page.
 */
size_t desk_chat_message_page_get_results_len(const struct desk_chat_message_page *chat_message_page);

/**
 * The item at `index`; NULL beyond the end or if null. Lives as long as the result it came from.
 */
const struct desk_chat_message *desk_chat_message_page_get_results_at(const struct desk_chat_message_page *chat_message_page,
                                                                      size_t index);

/**
 * Fills in `out`, of which `struct_size` must be set; it can be filled in again and again. False, with `out` as
 * it was, if `proactive_chat` or `out` is NULL or `struct_size` is none.
 */
bool desk_proactive_chat_fill_fields(const struct desk_proactive_chat *proactive_chat,
                                     struct desk_proactive_chat_fields *out);

/**
 * Fills in `out`, of which `struct_size` must be set; it can be filled in again and again. False, with `out` as
 * it was, if `chat_message` or `out` is NULL or `struct_size` is none.
 */
bool desk_chat_message_fill_fields(const struct desk_chat_message *chat_message, struct desk_chat_message_fields *out);

/**
 * Fills in `out`, of which `struct_size` must be set; it can be filled in again and again. False, with `out` as
 * it was, if `chat_message_page` or `out` is NULL or `struct_size` is none.
 */
bool desk_chat_message_page_fill_fields(const struct desk_chat_message_page *chat_message_page,
                                        struct desk_chat_message_page_fields *out);

/**
 * Message customers first.
 *
 * Starts a proactive chat: one ticket with the message for each customer. When a customer replies, that ticket
 * becomes a general ticket and is routed to an available agent of the ticket's team. The service knows no
 * idempotency key: a second create is a second message to real people, so a create is never re-sent once a byte
 * may have left.
 *
 * `POST /proactive_chats`. Blocks until the answer is there or the time is over. On success `*out` is the
 * result, to be freed with `desk_proactive_chat_free`; otherwise it is NULL. `options` may be NULL for those of
 * the client. Any thread.
 *
 * Errors: `DESK_INVALID_ARGUMENT` for what breaks a bound of the spec; any other `desk_status`.
 * `desk_error_get_outcome` says whether the request may have had an effect.
 */
desk_status desk_proactive_chat_create(struct desk_client *client,
                                       const struct desk_new_proactive_chat *body,
                                       const struct desk_call_options *options,
                                       struct desk_proactive_chat **out,
                                       struct desk_error **err);

/**
 * Read a proactive chat.
 *
 * Reads one proactive chat with its counters.
 *
 * `GET /proactive_chats/{proactive_id}`. Blocks until the answer is there or the time is over. On success `*out`
 * is the result, to be freed with `desk_proactive_chat_free`; otherwise it is NULL. `options` may be NULL for
 * those of the client. Any thread.
 *
 * Errors: `DESK_INVALID_ARGUMENT` for what breaks a bound of the spec; any other `desk_status`.
 * `desk_error_get_outcome` says whether the request may have had an effect.
 */
desk_status desk_proactive_chat_get(struct desk_client *client,
                                    int64_t proactive_id,
                                    const struct desk_call_options *options,
                                    struct desk_proactive_chat **out,
                                    struct desk_error **err);

/**
 * List messages of the application.
 *
 * Lists one page of all chat messages in the application. The order is not documented. The service has marked
 * this list as deprecated in favour of the list of one ticket; expect 404 or 410 where it is gone.
 *
 * @deprecated by the service.
 *
 * `GET /chat_messages`. Blocks until the answer is there or the time is over. On success `*out` is the result,
 * to be freed with `desk_chat_message_page_free`; otherwise it is NULL. `params` may be NULL for defaults.
 * `options` may be NULL for those of the client. Any thread.
 *
 * Errors: `DESK_INVALID_ARGUMENT` for what breaks a bound of the spec; any other `desk_status`.
 * `desk_error_get_outcome` says whether the request may have had an effect.
 */
desk_status desk_chat_message_list(struct desk_client *client,
                                   const struct desk_chat_message_list_params *params,
                                   const struct desk_call_options *options,
                                   struct desk_chat_message_page **out,
                                   struct desk_error **err);

/**
 * List messages of a ticket.
 *
 * Lists one page of the chat messages in one ticket. The order is not documented.
 *
 * `GET /tickets/{ticket_id}/chat_messages`. Blocks until the answer is there or the time is over. On success
 * `*out` is the result, to be freed with `desk_chat_message_page_free`; otherwise it is NULL. `params` may be
 * NULL for defaults. `options` may be NULL for those of the client. Any thread.
 *
 * Errors: `DESK_INVALID_ARGUMENT` for what breaks a bound of the spec; any other `desk_status`.
 * `desk_error_get_outcome` says whether the request may have had an effect.
 */
desk_status desk_ticket_chat_message_list(struct desk_client *client,
                                          int64_t ticket_id,
                                          const struct desk_ticket_chat_message_list_params *params,
                                          const struct desk_call_options *options,
                                          struct desk_chat_message_page **out,
                                          struct desk_error **err);

/**
 * Starts `desk_proactive_chat_create` and returns at once; see the rules of asynchronous calls at the top. Its
 * result is taken with `desk_op_take_proactive_chat`. Any thread.
 *
 * Errors: `DESK_INVALID_ARGUMENT` for what cannot be read; those of the call, also for what breaks a bound of
 * the spec, come with its result.
 */
desk_status desk_proactive_chat_create_async(struct desk_client *client,
                                             const struct desk_new_proactive_chat *body,
                                             const struct desk_call_options *options,
                                             desk_op_fn callback,
                                             void *user_data,
                                             desk_free_fn user_data_free,
                                             struct desk_op **op,
                                             struct desk_error **err);

/**
 * Starts `desk_proactive_chat_get` and returns at once; see the rules of asynchronous calls at the top. Its
 * result is taken with `desk_op_take_proactive_chat`. Any thread.
 *
 * Errors: `DESK_INVALID_ARGUMENT` for what cannot be read; those of the call, also for what breaks a bound of
 * the spec, come with its result.
 */
desk_status desk_proactive_chat_get_async(struct desk_client *client,
                                          int64_t proactive_id,
                                          const struct desk_call_options *options,
                                          desk_op_fn callback,
                                          void *user_data,
                                          desk_free_fn user_data_free,
                                          struct desk_op **op,
                                          struct desk_error **err);

/**
 * Starts `desk_chat_message_list` and returns at once; see the rules of asynchronous calls at the top. Its
 * result is taken with `desk_op_take_chat_message_page`. Any thread.
 *
 * @deprecated by the service.
 *
 * Errors: `DESK_INVALID_ARGUMENT` for what cannot be read; those of the call, also for what breaks a bound of
 * the spec, come with its result.
 */
desk_status desk_chat_message_list_async(struct desk_client *client,
                                         const struct desk_chat_message_list_params *params,
                                         const struct desk_call_options *options,
                                         desk_op_fn callback,
                                         void *user_data,
                                         desk_free_fn user_data_free,
                                         struct desk_op **op,
                                         struct desk_error **err);

/**
 * Starts `desk_ticket_chat_message_list` and returns at once; see the rules of asynchronous calls at the top.
 * Its result is taken with `desk_op_take_chat_message_page`. Any thread.
 *
 * Errors: `DESK_INVALID_ARGUMENT` for what cannot be read; those of the call, also for what breaks a bound of
 * the spec, come with its result.
 */
desk_status desk_ticket_chat_message_list_async(struct desk_client *client,
                                                int64_t ticket_id,
                                                const struct desk_ticket_chat_message_list_params *params,
                                                const struct desk_call_options *options,
                                                desk_op_fn callback,
                                                void *user_data,
                                                desk_free_fn user_data_free,
                                                struct desk_op **op,
                                                struct desk_error **err);

/**
 * Takes the result of a call that has ended, once. On success `*out` is the result, to be freed with
 * `desk_proactive_chat_free`; otherwise it is NULL. Any thread.
 *
 * Errors: those of the call; `DESK_NOT_READY` if it has not ended; `DESK_INVALID_ARGUMENT` if its result is of
 * another type (the message names what takes it) or was taken.
 */
desk_status desk_op_take_proactive_chat(const struct desk_op *op,
                                        struct desk_proactive_chat **out,
                                        struct desk_error **err);

/**
 * Takes the result of a call that has ended, once. On success `*out` is the result, to be freed with
 * `desk_chat_message_page_free`; otherwise it is NULL. Any thread.
 *
 * Errors: those of the call; `DESK_NOT_READY` if it has not ended; `DESK_INVALID_ARGUMENT` if its result is of
 * another type (the message names what takes it) or was taken.
 */
desk_status desk_op_take_chat_message_page(const struct desk_op *op,
                                           struct desk_chat_message_page **out,
                                           struct desk_error **err);

/**
 * Starts to walk over a list. Nothing is sent before the first `desk_chat_message_iter_next`.
 *
 * @deprecated by the service.
 *
 * `params` may be NULL for defaults; its `limit` is the size of a page (by default 500), its `offset` where to
 * begin. `iter_options` and `options` may be NULL; `options` hold for each page. On success `*out` is the
 * iterator, to be freed with `desk_chat_message_iter_free`; otherwise it is NULL. Once the client is freed it
 * hands out what it has read already, and then `DESK_CANCELLED`. Any thread.
 *
 * Errors: `DESK_INVALID_ARGUMENT`.
 */
desk_status desk_chat_message_iter_new(struct desk_client *client,
                                       const struct desk_chat_message_list_params *params,
                                       const struct desk_iter_options *iter_options,
                                       const struct desk_call_options *options,
                                       struct desk_chat_message_iter **out,
                                       struct desk_error **err);

/**
 * The next item into `*out`: borrowed, valid until the next step or the end of the iterator; NULL after the last
 * one. Blocks only where a page begins; while you work on a page, the next one is asked for.
 *
 * Errors: as the operation; `DESK_INCONSISTENT` if the list does not move on. The iterator then stands where it
 * stood: calling this again goes on with nothing skipped or repeated. Items that are inserted or deleted
 * meanwhile can shift others: `desk_chat_message_export` proves that none is lost.
 */
desk_status desk_chat_message_iter_next(struct desk_chat_message_iter *iter,
                                        const struct desk_chat_message **out,
                                        struct desk_error **err);

/**
 * Starts to make the next item ready and returns at once; see the rules of asynchronous calls at the top. Once
 * the call has ended and `desk_op_take` says `DESK_OK`, `desk_chat_message_iter_next` hands out the item, or
 * NULL at the end, without waiting, and so it does while `desk_chat_message_iter_is_ready`. Its queue is that of
 * the options of `desk_chat_message_iter_new`. Until it has ended, make no other step and do not free the
 * iterator. Any thread.
 *
 * Errors: `DESK_INVALID_ARGUMENT`; those of `desk_chat_message_iter_next` come with `desk_op_take`, and calling
 * this again then goes on with nothing skipped or repeated.
 */
desk_status desk_chat_message_iter_next_async(struct desk_chat_message_iter *iter,
                                              desk_op_fn callback,
                                              void *user_data,
                                              desk_free_fn user_data_free,
                                              struct desk_op **op,
                                              struct desk_error **err);

/**
 * Whether `desk_chat_message_iter_next` hands out an item, or the end that was found, without waiting; false for
 * NULL. Any thread that may make a step.
 */
bool desk_chat_message_iter_is_ready(const struct desk_chat_message_iter *iter);

/**
 * Frees an iterator; NULL is fine. Its last item ends with it, and an asynchronous step under way is cancelled.
 * Any thread, once.
 */
void desk_chat_message_iter_free(struct desk_chat_message_iter *iter);

/**
 * Starts to walk over a list. Nothing is sent before the first `desk_ticket_chat_message_iter_next`.
 *
 * `params` may be NULL for defaults; its `limit` is the size of a page (by default 500), its `offset` where to
 * begin. `iter_options` and `options` may be NULL; `options` hold for each page. On success `*out` is the
 * iterator, to be freed with `desk_ticket_chat_message_iter_free`; otherwise it is NULL. Once the client is
 * freed it hands out what it has read already, and then `DESK_CANCELLED`. Any thread.
 *
 * Errors: `DESK_INVALID_ARGUMENT`.
 */
desk_status desk_ticket_chat_message_iter_new(struct desk_client *client,
                                              int64_t ticket_id,
                                              const struct desk_ticket_chat_message_list_params *params,
                                              const struct desk_iter_options *iter_options,
                                              const struct desk_call_options *options,
                                              struct desk_ticket_chat_message_iter **out,
                                              struct desk_error **err);

/**
 * The next item into `*out`: borrowed, valid until the next step or the end of the iterator; NULL after the last
 * one. Blocks only where a page begins; while you work on a page, the next one is asked for.
 *
 * Errors: as the operation; `DESK_INCONSISTENT` if the list does not move on. The iterator then stands where it
 * stood: calling this again goes on with nothing skipped or repeated. Items that are inserted or deleted
 * meanwhile can shift others: `desk_ticket_chat_message_export` proves that none is lost.
 */
desk_status desk_ticket_chat_message_iter_next(struct desk_ticket_chat_message_iter *iter,
                                               const struct desk_chat_message **out,
                                               struct desk_error **err);

/**
 * Starts to make the next item ready and returns at once; see the rules of asynchronous calls at the top. Once
 * the call has ended and `desk_op_take` says `DESK_OK`, `desk_ticket_chat_message_iter_next` hands out the item,
 * or NULL at the end, without waiting, and so it does while `desk_ticket_chat_message_iter_is_ready`. Its queue
 * is that of the options of `desk_ticket_chat_message_iter_new`. Until it has ended, make no other step and do
 * not free the iterator. Any thread.
 *
 * Errors: `DESK_INVALID_ARGUMENT`; those of `desk_ticket_chat_message_iter_next` come with `desk_op_take`, and
 * calling this again then goes on with nothing skipped or repeated.
 */
desk_status desk_ticket_chat_message_iter_next_async(struct desk_ticket_chat_message_iter *iter,
                                                     desk_op_fn callback,
                                                     void *user_data,
                                                     desk_free_fn user_data_free,
                                                     struct desk_op **op,
                                                     struct desk_error **err);

/**
 * Whether `desk_ticket_chat_message_iter_next` hands out an item, or the end that was found, without waiting;
 * false for NULL. Any thread that may make a step.
 */
bool desk_ticket_chat_message_iter_is_ready(const struct desk_ticket_chat_message_iter *iter);

/**
 * Frees an iterator; NULL is fine. Its last item ends with it, and an asynchronous step under way is cancelled.
 * Any thread, once.
 */
void desk_ticket_chat_message_iter_free(struct desk_ticket_chat_message_iter *iter);

/**
 * Starts an export. Nothing is sent before the first `desk_chat_message_export_next`.
 *
 * @deprecated by the service.
 *
 * `params` may be NULL for defaults; its `limit` is the size of a page (by default 500), its `offset` has no
 * effect. `export_options` and `options` may be NULL; `options` hold for each page. On success `*out` is the
 * export, to be freed with `desk_chat_message_export_free`; otherwise it is NULL. Once the client is freed it
 * answers `DESK_CANCELLED`. Any thread.
 *
 * Errors: `DESK_INVALID_ARGUMENT`; a value of `params` that is out of bounds is told by
 * `desk_chat_message_export_next`.
 */
desk_status desk_chat_message_export_new(struct desk_client *client,
                                         const struct desk_chat_message_list_params *params,
                                         const struct desk_export_options *export_options,
                                         const struct desk_call_options *options,
                                         struct desk_chat_message_export **out,
                                         struct desk_error **err);

/**
 * The next window into `*out`: borrowed, valid with its rows until this is called again, unless that is refused,
 * or the export is freed; NULL after the last one. Look at its `verified` before you take it for complete, and
 * at its rows with `desk_chat_message_export_at`. Windows follow each other without a gap, the empty ones
 * included: note `until_us` of the last one that you have kept, and begin the next export one later. Blocks.
 *
 * Errors: as the operation; `DESK_INCONSISTENT` if nothing can be proven: the service seems to ignore the times
 * or, once at the very end, counts more rows than all windows had: then do not take the export for complete,
 * though this gives NULL when it is called again. After any other error the export stands where it stood:
 * calling this again goes on with nothing skipped or repeated. `DESK_INVALID_ARGUMENT` while another step has
 * not ended.
 */
desk_status desk_chat_message_export_next(struct desk_chat_message_export *export_,
                                          const struct desk_window **out,
                                          struct desk_error **err);

/**
 * Starts to make the next window ready and returns at once; see the rules of asynchronous calls at the top. Once
 * the call has ended and `desk_op_take` says `DESK_OK`, `desk_chat_message_export_next` hands out the window, or
 * NULL at the end, without waiting. Its queue is that of the options of `desk_chat_message_export_new`. Until it
 * has ended, make no other step and do not free the export; the window before and its rows stay valid, and in
 * memory beside the new one, until `desk_chat_message_export_next`. Any thread.
 *
 * Errors: `DESK_INVALID_ARGUMENT`; those of `desk_chat_message_export_next` come with `desk_op_take`, and
 * calling this again then goes on with nothing skipped or repeated.
 */
desk_status desk_chat_message_export_next_async(struct desk_chat_message_export *export_,
                                                desk_op_fn callback,
                                                void *user_data,
                                                desk_free_fn user_data_free,
                                                struct desk_op **op,
                                                struct desk_error **err);

/**
 * Whether `desk_chat_message_export_next` hands out a window, or the end that was found, without waiting; false
 * for NULL. Any thread that may make a step.
 */
bool desk_chat_message_export_is_ready(const struct desk_chat_message_export *export_);

/**
 * The row at `index` of the window that `desk_chat_message_export_next` handed out last, below its `count`; NULL
 * beyond. Borrowed as the window is. Any thread, while no step is made.
 */
const struct desk_chat_message *desk_chat_message_export_at(const struct desk_chat_message_export *export_,
                                                            size_t index);

/**
 * Frees an export; NULL is fine. Its last window ends with it, and an asynchronous step under way is cancelled.
 * Any thread, once.
 */
void desk_chat_message_export_free(struct desk_chat_message_export *export_);

/**
 * Starts an export. Nothing is sent before the first `desk_ticket_chat_message_export_next`.
 *
 * `params` may be NULL for defaults; its `limit` is the size of a page (by default 500), its `offset` has no
 * effect. `export_options` and `options` may be NULL; `options` hold for each page. On success `*out` is the
 * export, to be freed with `desk_ticket_chat_message_export_free`; otherwise it is NULL. Once the client is
 * freed it answers `DESK_CANCELLED`. Any thread.
 *
 * Errors: `DESK_INVALID_ARGUMENT`; a value of `params` that is out of bounds is told by
 * `desk_ticket_chat_message_export_next`.
 */
desk_status desk_ticket_chat_message_export_new(struct desk_client *client,
                                                int64_t ticket_id,
                                                const struct desk_ticket_chat_message_list_params *params,
                                                const struct desk_export_options *export_options,
                                                const struct desk_call_options *options,
                                                struct desk_ticket_chat_message_export **out,
                                                struct desk_error **err);

/**
 * The next window into `*out`: borrowed, valid with its rows until this is called again, unless that is refused,
 * or the export is freed; NULL after the last one. Look at its `verified` before you take it for complete, and
 * at its rows with `desk_ticket_chat_message_export_at`. Windows follow each other without a gap, the empty ones
 * included. Blocks.
 *
 * Errors: as the operation; `DESK_INCONSISTENT` if nothing can be proven: the service seems to ignore the times
 * or, once at the very end, counts more rows than all windows had: then do not take the export for complete,
 * though this gives NULL when it is called again. After any other error the export stands where it stood:
 * calling this again goes on with nothing skipped or repeated. `DESK_INVALID_ARGUMENT` while another step has
 * not ended.
 */
desk_status desk_ticket_chat_message_export_next(struct desk_ticket_chat_message_export *export_,
                                                 const struct desk_window **out,
                                                 struct desk_error **err);

/**
 * Starts to make the next window ready and returns at once; see the rules of asynchronous calls at the top. Once
 * the call has ended and `desk_op_take` says `DESK_OK`, `desk_ticket_chat_message_export_next` hands out the
 * window, or NULL at the end, without waiting. Its queue is that of the options of
 * `desk_ticket_chat_message_export_new`. Until it has ended, make no other step and do not free the export; the
 * window before and its rows stay valid, and in memory beside the new one, until
 * `desk_ticket_chat_message_export_next`. Any thread.
 *
 * Errors: `DESK_INVALID_ARGUMENT`; those of `desk_ticket_chat_message_export_next` come with `desk_op_take`, and
 * calling this again then goes on with nothing skipped or repeated.
 */
desk_status desk_ticket_chat_message_export_next_async(struct desk_ticket_chat_message_export *export_,
                                                       desk_op_fn callback,
                                                       void *user_data,
                                                       desk_free_fn user_data_free,
                                                       struct desk_op **op,
                                                       struct desk_error **err);

/**
 * Whether `desk_ticket_chat_message_export_next` hands out a window, or the end that was found, without waiting;
 * false for NULL. Any thread that may make a step.
 */
bool desk_ticket_chat_message_export_is_ready(const struct desk_ticket_chat_message_export *export_);

/**
 * The row at `index` of the window that `desk_ticket_chat_message_export_next` handed out last, below its
 * `count`; NULL beyond. Borrowed as the window is. Any thread, while no step is made.
 */
const struct desk_chat_message *desk_ticket_chat_message_export_at(const struct desk_ticket_chat_message_export *export_,
                                                                   size_t index);

/**
 * Frees an export; NULL is fine. Its last window ends with it, and an asynchronous step under way is cancelled.
 * Any thread, once.
 */
void desk_ticket_chat_message_export_free(struct desk_ticket_chat_message_export *export_);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* DESK_H */


/** The start of every desk_client_options. */
#define DESK_CLIENT_OPTIONS_INIT \
  { sizeof(desk_client_options), DESK_STR_ABSENT, DESK_STR_ABSENT, DESK_STR_ABSENT, 0, 0, 0, 0, DESK_STR_ABSENT, DESK_STR_ABSENT, DESK_STR_ABSENT, DESK_STR_ABSENT, 0, 0.0, 0.0 }

/** The start of every desk_call_options. */
#define DESK_CALL_OPTIONS_INIT \
  { sizeof(desk_call_options), 0, 0, 0, NULL, 0, NULL, NULL }

/** The start of every desk_iter_options. */
#define DESK_ITER_OPTIONS_INIT \
  { sizeof(desk_iter_options), 0 }

/** The start of every desk_export_options. */
#define DESK_EXPORT_OPTIONS_INIT \
  { sizeof(desk_export_options), 0, 0, 0 }

/** The start of every desk_raw_request. */
#define DESK_RAW_REQUEST_INIT \
  { sizeof(desk_raw_request), DESK_STR_ABSENT, DESK_STR_ABSENT, NULL, 0, DESK_STR_ABSENT }

/** The start of every desk_new_proactive_chat. */
#define DESK_NEW_PROACTIVE_CHAT_INIT \
  { sizeof(desk_new_proactive_chat), DESK_STR_ABSENT, DESK_STR_ABSENT, NULL, 0, 0, 0, DESK_STR_ABSENT }

/** The start of every desk_chat_message_list_params. */
#define DESK_CHAT_MESSAGE_LIST_PARAMS_INIT \
  { sizeof(desk_chat_message_list_params), false, 0, false, 0, false, 0, false, 0, 0, DESK_STR_ABSENT }

/** The start of every desk_ticket_chat_message_list_params. */
#define DESK_TICKET_CHAT_MESSAGE_LIST_PARAMS_INIT \
  { sizeof(desk_ticket_chat_message_list_params), false, 0, false, 0 }

/** The start of every desk_proactive_chat_fields. */
#define DESK_PROACTIVE_CHAT_FIELDS_INIT \
  { sizeof(desk_proactive_chat_fields), 0, 0, DESK_STR_ABSENT, 0, DESK_STR_ABSENT, DESK_STR_ABSENT, 0, 0, 0, DESK_STR_ABSENT, 0, 0, 0, DESK_STR_ABSENT }

/** The start of every desk_chat_message_fields. */
#define DESK_CHAT_MESSAGE_FIELDS_INIT \
  { sizeof(desk_chat_message_fields), 0, false, 0, 0, DESK_STR_ABSENT, 0, DESK_STR_ABSENT, 0, DESK_STR_ABSENT, DESK_STR_ABSENT, false, 0, 0, DESK_STR_ABSENT, DESK_STR_ABSENT }

/** The start of every desk_chat_message_page_fields. */
#define DESK_CHAT_MESSAGE_PAGE_FIELDS_INIT \
  { sizeof(desk_chat_message_page_fields), 0, DESK_STR_ABSENT, DESK_STR_ABSENT, 0 }
