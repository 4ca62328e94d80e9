/* Generated from openapi/desk.yaml by `cargo xtask codegen`. Do not edit. */

/**
 * @file
 * libdesk: the C interface of the Desk SDK for the Sendbird Desk Platform API. C99, also C++11 and
 * later.
 *
 * The rules, which hold for every function:
 *
 * Errors. A function that can fail returns desk_status (0 is success) and takes `desk_error **err`
 * as its last argument. `err` may be NULL; otherwise the function sets `*err` to a new error on
 * failure, which the caller frees with desk_error_free, and to NULL on success. The function writes
 * its outputs only on success, and sets them to NULL otherwise. There is no thread-local or global
 * error.
 *
 * Check the outcome of an error before you repeat a call: DESK_OUTCOME_UNKNOWN means that a message
 * may have been sent.
 *
 * Ownership. The caller owns each object that a function returns through `out`: free it with the
 * `_free` of its type, once, from any thread. `_free(NULL)` does nothing. The value of a getter
 * (text, item, nested object) is borrowed: it is valid until the object it came from is freed.
 * Never free a borrowed value.
 *
 * Texts are desk_str: pointer and length, UTF-8. A text passed to the library need not end in NUL;
 * the library only reads it during the call and checks that it is UTF-8. A text returned by the
 * library also ends in NUL. `{NULL, 0}` is an absent text.
 *
 * Structs that the caller fills in begin with struct_size: start from their `_INIT` macro and set
 * the members that you need. Zero means absent or default. A flag `has_x` says whether the number
 * `x` is set. Newer versions only add members at the end.
 *
 * Getters return 0, false, NULL or `{NULL, 0}` for a NULL object. `bool ..._get_x(object, &x)`
 * reads an optional value. Enumerations are int32_t with constants; 0 means absent or unknown, and
 * the getter with `_text` returns the text that the service sent. Times are µs since the Unix
 * epoch. Free-form JSON is a text.
 *
 * Asynchronous calls. A function whose name ends in `_async` takes the arguments of the blocking
 * function, starts the call and returns at once. The caller learns the end of the call in one of
 * three ways. With a `callback`, the library calls it once, on the client's thread `desk-cb`, after
 * `*op` and `*err` are set and before desk_client_free returns. With a desk_queue in the options,
 * the call arrives there once, and desk_queue_next runs the callback, if there is one, on the
 * thread that you choose. With neither, use desk_op_poll or desk_op_wait on `*op`. Then take the
 * result, once. With a callback or a queue, `op` may be NULL. The library passes `user_data` to the
 * callback, and desk_op_get_user_data returns it. The library calls `user_data_free`, unless NULL,
 * with it once: after the callback has returned and every handle of the call is freed, on `desk-cb`
 * or in desk_op_free or desk_queue_free. If the start fails, the library calls neither function,
 * and the caller keeps `user_data`.
 *
 * Threads. Any threads may use a desk_client at once. Results and errors never change, and any
 * thread may read them; one owner frees them. The library starts no thread before the first call.
 * Asynchronous calls run on the threads `desk-io` and `desk-cb` of their client, which end in
 * desk_client_free. The lookup of a host name runs on a thread `desk-dns`, at most one per host at
 * a time; the thread ends with the lookup, which may hang longer than the client lives. These
 * threads block the signals of the program. If the system has no thread left, the call fails with
 * DESK_OUTCOME_NOT_SENT. The library installs no signal handler. A client must not be used in a
 * forked child (DESK_FORKED).
 */

#ifndef DESK_H
#define DESK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The version of this header; desk_version() returns the version of the library. */
#define DESK_VERSION "0.1.0"
/** The major version of this header. */
#define DESK_VERSION_MAJOR 0
/** The minor version of this header. */
#define DESK_VERSION_MINOR 1
/** The patch version of this header. */
#define DESK_VERSION_PATCH 0
/** MAJOR * 10000 + MINOR * 100 + PATCH, for comparisons. */
#define DESK_VERSION_NUM 100

/** A desk_str from a literal: DESK_STR_LIT("text"). The compiler computes its length; it may contain NULs. */
#ifdef __cplusplus
#define DESK_STR_LIT(text) desk_str { "" text, sizeof("" text) - 1 }
#else
#define DESK_STR_LIT(text) ((desk_str) { "" text, sizeof("" text) - 1 })
#endif

/** Like DESK_STR_LIT for initialisers, also static ones: static const desk_str greeting = DESK_STR_INIT("hello"); */
#define DESK_STR_INIT(text) { "" text, sizeof("" text) - 1 }

/** Initialiser of an absent text. */
#define DESK_STR_ABSENT { NULL, 0 }


/**
 * The library did not send the whole request, or the service did not begin it. Sending it again is
 * safe.
 */
#define DESK_OUTCOME_NOT_SENT 1

/**
 * The service rejected the request and did not process it.
 */
#define DESK_OUTCOME_REJECTED 2

/**
 * The service may have processed the request. Find out before you send it again.
 */
#define DESK_OUTCOME_UNKNOWN 3

/**
 * An attempt that succeeded.
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
 * A cancel token. It cancels the calls that have it in their `desk_call_options`: running calls
 * and calls that start later. Any thread may use it, also inside a log callback. Free it with
 * `desk_cancel_free`; calls that already have the token keep it.
 */
typedef struct desk_cancel desk_cancel;

/**
 * One message between an agent and a customer, or from Desk itself. Immutable; borrowed from the result it was
 * read from.
 */
typedef struct desk_chat_message desk_chat_message;

/**
 * Exports every item of `desk_chat_message_list` in a closed time range, window by window: from
 * `created_at_gte_us` to `created_at_lte_us` of its parameters, but at most up to `max_lateness_ms` before the
 * service's clock; the last window says where the export ended. It neither loses nor duplicates a row if rows
 * appear or disappear during the export: it reads each window until the number of rows equals the service's
 * count, and reports whether it does. One thread at a time; free it with `desk_chat_message_export_free`.
 */
typedef struct desk_chat_message_export desk_chat_message_export;

/**
 * Iterates over every item of `desk_chat_message_list`, page by page. One thread at a time; free it with
 * `desk_chat_message_iter_free`.
 */
typedef struct desk_chat_message_iter desk_chat_message_iter;

/**
 * One page of a list of messages. Immutable; any thread may read it. Free it with `desk_chat_message_page_free`.
 */
typedef struct desk_chat_message_page desk_chat_message_page;

/**
 * A client of one Desk application. Any thread may use it, also several threads at once. Free it
 * with `desk_client_free`.
 */
typedef struct desk_client desk_client;

/**
 * The reason why a call failed. Immutable; any thread may read it. Free it with `desk_error_free`.
 */
typedef struct desk_error desk_error;

/**
 * An asynchronous call, started by a function whose name ends in `_async`. Each handle that a
 * function returns through an `out` argument is separate: free each one with `desk_op_free`. Any
 * thread may use a handle, also several threads at once.
 */
typedef struct desk_op desk_op;

/**
 * A message that was sent to customers first, and what came of it. One chat stands for one ticket for each
 * customer. Immutable; any thread may read it. Free it with `desk_proactive_chat_free`.
 */
typedef struct desk_proactive_chat desk_proactive_chat;

/**
 * A completion queue: receives asynchronous calls when they have ended. Set it in their
 * `desk_call_options`, poll `desk_queue_fd` in your event loop, and take the calls with
 * `desk_queue_next`. Calls of several clients may share a queue. Any thread may use it, also
 * several threads at once. Free it with `desk_queue_free`.
 */
typedef struct desk_queue desk_queue;

/**
 * The response to a `desk_raw_call`. Immutable; any thread may read it. Free it with
 * `desk_raw_result_free`.
 */
typedef struct desk_raw_result desk_raw_result;

/**
 * Facts about the call that returned a result, from `desk_..._response`. Immutable; borrowed from
 * the result.
 */
typedef struct desk_response desk_response;

/**
 * Exports every item of `desk_ticket_chat_message_list`, which cannot be filtered by time: the whole list is one
 * window, and `max_lateness_ms` and `rows_per_window` have no effect. It neither loses nor duplicates a row if
 * rows appear or disappear during the export: it reads each window until the number of rows equals the service's
 * count, and reports whether it does. One thread at a time; free it with `desk_ticket_chat_message_export_free`.
 */
typedef struct desk_ticket_chat_message_export desk_ticket_chat_message_export;

/**
 * Iterates over every item of `desk_ticket_chat_message_list`, page by page. One thread at a time; free it with
 * `desk_ticket_chat_message_iter_free`.
 */
typedef struct desk_ticket_chat_message_iter desk_ticket_chat_message_iter;

/**
 * A text: `len` bytes of UTF-8 at `ptr`. `{NULL, 0}` is an absent text; an empty text has a
 * pointer.
 *
 * A text passed to the library need not end in NUL, and the library only reads it during the call.
 * A text returned by the library also ends in NUL (not counted in `len`) and lives until the
 * object it came from is freed.
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
 * How a call ended: `DESK_OK` (0) or the class of the error. 1 to 99: the caller; 100 to 199: the
 * exchange with the service; 200 to 299: an error response of the service; from 900: the library.
 * Treat an unknown number as an error.
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
   * The application's id (dashboard: Settings, Application, General). Optional if `base_url` is
   * set.
   */
  struct desk_str application_id;
  /**
   * The API token (dashboard: Settings, Desk, Credentials). The client sends it only to the
   * origin of the base URL.
   */
  struct desk_str api_token;
  /**
   * Base URL instead of the service's own, such as the emulator's: https, or http on this
   * machine.
   */
  struct desk_str base_url;
  /**
   * Time limit for opening a connection, including TLS, in ms; 0: 5,000.
   */
  int64_t connect_timeout_ms;
  /**
   * Deadline of a whole call, including waits and retries, in ms; 0: 120,000.
   */
  int64_t timeout_ms;
  /**
   * Deadline of one attempt, in ms; 0: 60,000.
   */
  int64_t attempt_timeout_ms;
  /**
   * How long the service may stay silent before and during its response, in ms; 0: 30,000.
   */
  int64_t idle_timeout_ms;
  /**
   * The program's own name and version; the client appends it to the SDK's in `User-Agent`.
   */
  struct desk_str user_agent;
  /**
   * Certificates to trust instead of the platform's: one or more, as PEM.
   */
  struct desk_str ca_pem;
  /**
   * Path of a PEM file with such certificates; `desk_client_new` reads it.
   */
  struct desk_str ca_file;
  /**
   * Proxy, as `http://host:port`. Absent: the proxy that `HTTPS_PROXY` and `NO_PROXY` name;
   * empty: no proxy. The client never reaches addresses of this machine through a proxy.
   */
  struct desk_str proxy;
  /**
   * Maximum number of idle connections to keep for later calls; 0: 32.
   */
  int64_t max_idle_connections;
  /**
   * Maximum number of reads per second, evenly spaced; 0: no limit. After a 429, all calls of a
   * client with a limit pause for as long as the service asks, and the rate falls to 0.7 of its
   * value; it recovers by 2 % per second.
   */
  double reads_per_second;
  /**
   * The same limit for requests that are not reads.
   */
  double writes_per_second;
} desk_client_options;

/**
 * A log record, passed to a log callback. The record and its texts are valid during the callback.
 * Newer versions add members at the end.
 */
typedef struct desk_log_record {
  /**
   * Size of this struct; members beyond it are absent.
   */
  size_t record_size;
  /**
   * One of `DESK_LOG_...`.
   */
  int32_t level;
  /**
   * The HTTP status; 0 without a response.
   */
  int32_t http_status;
  /**
   * Number of the attempt, from 1; for a call, the total number of attempts.
   */
  int32_t attempts;
  /**
   * For a failure, one of `DESK_OUTCOME_...`; otherwise 0.
   */
  int32_t outcome;
  /**
   * Time since the start of the attempt or the call, in µs.
   */
  int64_t elapsed_us;
  /**
   * Time until the next attempt, in ms; -1 if there is none.
   */
  int64_t retry_in_ms;
  /**
   * The operation, such as `ticket_get`.
   */
  struct desk_str operation;
  /**
   * The HTTP method, such as `GET` or `POST`.
   */
  struct desk_str method;
  /**
   * The path of the spec, with parameter names instead of values.
   */
  struct desk_str path;
  /**
   * One line for people. It holds no token, URL or message text.
   */
  struct desk_str message;
} desk_log_record;

/**
 * A log callback. The client calls it on the threads that make calls, possibly on several threads
 * at once. It must return quickly. It may call any function of the library except operations,
 * which return `DESK_WOULD_DEADLOCK`. No exception may leave it.
 */
typedef void (*desk_log_fn)(void *user_data, const struct desk_log_record *record);

/**
 * A name and a value: a header or a query parameter.
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
   * The HTTP method: `GET`, `POST`, `PUT`, `PATCH`, `DELETE` or `HEAD`.
   */
  struct desk_str method;
  /**
   * Path relative to the base URL, such as `tickets/1`; plain text, which the client encodes.
   */
  struct desk_str path;
  /**
   * Names and values of the query, as plain text.
   */
  const struct desk_pair *query;
  /**
   * Number of `query`.
   */
  size_t query_len;
  /**
   * The body as JSON text; absent: no body.
   */
  struct desk_str json;
} desk_raw_request;

/**
 * Options of one call. Start from `DESK_CALL_OPTIONS_INIT`; zero means default.
 */
typedef struct desk_call_options {
  /**
   * `sizeof(desk_call_options)`, set by the INIT macro.
   */
  size_t struct_size;
  /**
   * Deadline of the whole call, including waits and retries, in ms; 0: the client's.
   */
  int64_t timeout_ms;
  /**
   * Maximum number of attempts, including the first; 0: 5. The client retries a request that is
   * not a read only if the service certainly did not process it.
   */
  int64_t max_attempts;
  /**
   * Deadline of one attempt, in ms; 0: the client's.
   */
  int64_t attempt_timeout_ms;
  /**
   * Additional headers. They must not replace the token or the headers that describe the body.
   */
  const struct desk_pair *headers;
  /**
   * Number of `headers`.
   */
  size_t headers_len;
  /**
   * Cancels the call; NULL: no cancel token.
   */
  const struct desk_cancel *cancel;
  /**
   * The queue that receives an asynchronous call when it has ended; `desk_queue_next` then calls
   * the callback if there is one. NULL: no queue. Blocking calls ignore it.
   */
  const struct desk_queue *queue;
} desk_call_options;

/**
 * A completion callback, called once after a call has ended: on the client's thread `desk-cb`, one
 * callback at a time, or inside `desk_queue_next` if the call has a queue. Take the result from
 * `op`, which is borrowed and valid during the callback. The callback may start other calls and
 * free any object except `op`; on `desk-cb`, blocking functions return `DESK_WOULD_DEADLOCK`. No
 * exception may leave it.
 */
typedef void (*desk_op_fn)(const struct desk_op *op, void *user_data);

/**
 * Called once with the user data of a call, after the library has used the data for the last time.
 */
typedef void (*desk_free_fn)(void *user_data);

/**
 * Every property of a `desk_proactive_chat` at once. Start from `DESK_PROACTIVE_CHAT_FIELDS_INIT` and fill it in
 * with `desk_proactive_chat_fill_fields`. Texts and objects are valid until the result they came from is freed.
 * Absent texts and objects are NULL; any other optional property has a flag. An older library sets properties
 * that it does not know to zero, also those without a flag.
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
 * with `desk_chat_message_fill_fields`. Texts and objects are valid until the result they came from is freed.
 * Absent texts and objects are NULL; any other optional property has a flag. An older library sets properties
 * that it does not know to zero, also those without a flag.
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
   * Whether `message_id` is present.
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
   * Whether `deleted_at_us` is present.
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
 * it in with `desk_chat_message_page_fill_fields`. Texts and objects are valid until the result they came from
 * is freed. Absent texts and objects are NULL; any other optional property has a flag. An older library sets
 * properties that it does not know to zero, also those without a flag.
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
   * Number of: The messages of this page. Read the items with `desk_chat_message_page_get_results_at...`.
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
 * Options of an iterator. Start from `DESK_ITER_OPTIONS_INIT`; zero means default.
 */
typedef struct desk_iter_options {
  /**
   * `sizeof(desk_iter_options)`, set by the INIT macro.
   */
  size_t struct_size;
  /**
   * Maximum number of items; 0: all.
   */
  int64_t max_items;
} desk_iter_options;

/**
 * Options of an export. Start from `DESK_EXPORT_OPTIONS_INIT`; zero means default.
 */
typedef struct desk_export_options {
  /**
   * `sizeof(desk_export_options)`, set by the INIT macro.
   */
  size_t struct_size;
  /**
   * How long after its time a row may still appear, in ms; 0: 120,000; 1: practically no delay.
   * The export stops this far behind the service's clock.
   */
  int64_t max_lateness_ms;
  /**
   * Approximate number of rows per window; 0: 10,000. At least a page, at most 1,000,000. The
   * export holds one window in memory.
   */
  int64_t rows_per_window;
  /**
   * Maximum number of concurrent requests; 0: 1. At most 32. The export holds as many pages in
   * memory, in addition to a window.
   */
  int64_t in_flight;
} desk_export_options;

/**
 * A time range that an export has read, with facts about its rows. Valid until the export begins
 * to return another window. Newer versions add members at the end.
 */
typedef struct desk_window {
  /**
   * Size of this struct; members beyond it are absent.
   */
  size_t window_size;
  /**
   * First microsecond of the window, in µs since the Unix epoch.
   */
  int64_t from_us;
  /**
   * Last microsecond of the window, in µs since the Unix epoch; the next window begins one
   * later.
   */
  int64_t until_us;
  /**
   * Number of rows; the rows are sorted by time and id.
   */
  size_t count;
  /**
   * Smallest id; 0 without rows.
   */
  int64_t id_min;
  /**
   * Largest id; 0 without rows.
   */
  int64_t id_max;
  /**
   * Number of requests for this window, including inconclusive ones.
   */
  int64_t requests;
  /**
   * Number of rows that the service returned although their time is outside the window; they are
   * not among the rows.
   */
  int64_t out_of_range_rows;
  /**
   * Whether these rows are all rows that the service counts in the window. If false, do not
   * treat the window as complete: it may have more rows, the service may have deleted some
   * during the read, or some may have no time.
   */
  bool verified;
} desk_window;

/**
 * Success.
 */
#define DESK_OK 0

/**
 * An argument breaks a rule; the message names it. No request was sent.
 */
#define DESK_INVALID_ARGUMENT 1

/**
 * The client was created before a fork and does not work in the child. Create a new one there.
 */
#define DESK_FORKED 2

/**
 * A blocking call on a thread that must not block: inside a callback, or on a thread of an async
 * runtime.
 */
#define DESK_WOULD_DEADLOCK 3

/**
 * The call has not ended yet.
 */
#define DESK_NOT_READY 4

/**
 * No connection: name lookup, refused connection, TLS handshake, proxy.
 */
#define DESK_CONNECT 100

/**
 * The deadline passed.
 */
#define DESK_TIMEOUT 101

/**
 * The connection broke after the request may have been sent.
 */
#define DESK_TRANSPORT 102

/**
 * The response is larger than the library accepts (32 MB).
 */
#define DESK_TOO_LARGE 103

/**
 * The service responded with a redirect, which the client never follows.
 */
#define DESK_REDIRECT 104

/**
 * A successful response with a body that could not be decoded.
 */
#define DESK_DECODE 105

/**
 * Contradictory responses: a list that does not advance, or a count that differs from the number
 * of rows.
 */
#define DESK_INCONSISTENT 106

/**
 * The call's `desk_cancel` was triggered, or its client was freed.
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
 * A defect in the library, caught at the C boundary.
 */
#define DESK_PANIC 900

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The text at `text` up to its NUL; `{NULL, 0}` for NULL. The result is not a copy: it lives as
 * long as `text`.
 */
struct desk_str desk_str_from_cstr(const char *text);

/**
 * The name of a status, such as `DESK_OK`; `DESK_UNKNOWN_STATUS` for a number that this version
 * does not know. The text is static. Any thread.
 */
struct desk_str desk_status_name(desk_status status);

/**
 * The version of the running library, such as `0.1.0`; compare it with `DESK_VERSION`, the version
 * of the header. The text is static. Any thread.
 */
struct desk_str desk_version(void);

/**
 * Number of objects (clients, errors, results) that the library handed out and the program has not
 * freed. A program that frees all of its objects reads 0 at its end. Any thread.
 */
size_t desk_debug_live_objects(void);

/**
 * Frees an error; NULL is allowed. Texts read from the error become invalid. Any thread, once.
 */
void desk_error_free(struct desk_error *error);

/**
 * The class of the error, one of `DESK_...`; `DESK_OK` for NULL.
 */
desk_status desk_error_get_code(const struct desk_error *error);

/**
 * One line for people: the problem, whether a request was sent, and the next step. It holds no
 * token, URL or message text. Valid until the error is freed.
 */
struct desk_str desk_error_get_message(const struct desk_error *error);

/**
 * Whether the request may have taken effect, one of `DESK_OUTCOME_...`; 0 for NULL.
 */
int32_t desk_error_get_outcome(const struct desk_error *error);

/**
 * The HTTP status; 0 without a response.
 */
int32_t desk_error_get_http_status(const struct desk_error *error);

/**
 * The service's own error code, a number or a word as text. Valid until the error is freed.
 */
struct desk_str desk_error_get_service_code(const struct desk_error *error);

/**
 * The service's own explanation. It may quote the request: do not log it where message text must
 * not appear. Valid until the error is freed.
 */
struct desk_str desk_error_get_service_text(const struct desk_error *error);

/**
 * The raw response body, at most 1 MB of an error response; not always UTF-8. It may hold message
 * text and other parts of the request that the service quotes. Valid until the error is freed.
 */
struct desk_str desk_error_get_body(const struct desk_error *error);

/**
 * How long the service asks the client to wait, in ms; -1 if it does not ask.
 */
int64_t desk_error_get_retry_after_ms(const struct desk_error *error);

/**
 * Number of attempts; 0 if the library refused the call before sending a request.
 */
int32_t desk_error_get_attempts(const struct desk_error *error);

/**
 * The service's clock at its response to the last attempt, in µs since the Unix epoch, with a
 * resolution of 1 s. Returns whether the value is present and writes it (0 if absent) to `out`
 * unless `out` is NULL.
 */
bool desk_error_get_server_date_us(const struct desk_error *error, int64_t *out);

/**
 * Time from the start of the call to its failure, including waits between attempts, in µs; 0 if no
 * call was made.
 */
int64_t desk_error_get_elapsed_us(const struct desk_error *error);

/**
 * The request id from the service or a gateway. Valid until the error is freed.
 */
struct desk_str desk_error_get_request_id(const struct desk_error *error);

/**
 * The HTTP status, 200 to 299; 0 for NULL.
 */
int32_t desk_response_get_http_status(const struct desk_response *response);

/**
 * Number of attempts.
 */
int32_t desk_response_get_attempts(const struct desk_response *response);

/**
 * The request id from the service or a gateway. Valid until the result is freed.
 */
struct desk_str desk_response_get_request_id(const struct desk_response *response);

/**
 * The service's clock at its response, in µs since the Unix epoch, with a resolution of 1 s.
 * Returns whether the value is present and writes it (0 if absent) to `out` unless `out` is NULL.
 */
bool desk_response_get_server_date_us(const struct desk_response *response, int64_t *out);

/**
 * Time from the start of the call to the last byte of the body, in µs.
 */
int64_t desk_response_get_elapsed_us(const struct desk_response *response);

/**
 * Creates a cancel token. On success the caller owns `*out` and frees it with `desk_cancel_free`;
 * on failure `*out` is NULL. Any thread.
 *
 * Errors: `DESK_INVALID_ARGUMENT` if `out` is NULL.
 */
desk_status desk_cancel_new(struct desk_cancel **out, struct desk_error **err);

/**
 * Triggers the token for good; NULL and repeated calls have no effect. Each call that has the
 * token ends at once: with its result if the result has already arrived, otherwise with
 * `DESK_CANCELLED` and the outcome that is known. The function does not wait for the calls to end.
 * Any thread; never from a signal handler.
 */
void desk_cancel_trigger(const struct desk_cancel *cancel);

/**
 * Whether the token was triggered; false for NULL. Any thread.
 */
bool desk_cancel_is_triggered(const struct desk_cancel *cancel);

/**
 * Frees a cancel token; NULL is allowed. Freeing cancels no call. Any thread, once.
 */
void desk_cancel_free(struct desk_cancel *cancel);

/**
 * Whether the call has ended, so that its result can be taken; false for NULL. Never waits. Any
 * thread.
 */
bool desk_op_poll(const struct desk_op *op);

/**
 * Waits at most `timeout_ms` (-1: for ever) until the call has ended. Returns `DESK_OK` if it has
 * ended, whether it succeeded or failed. Any thread.
 *
 * Errors: `DESK_NOT_READY` if the call has not ended in time; the call goes on.
 * `DESK_WOULD_DEADLOCK` inside a callback; `DESK_INVALID_ARGUMENT`; `DESK_FORKED` in a child of
 * the process that started the call.
 */
desk_status desk_op_wait(const struct desk_op *op, int64_t timeout_ms, struct desk_error **err);

/**
 * Cancels the call; NULL and repeated calls have no effect. The call ends at once: with its result
 * if the result has already arrived, otherwise with `DESK_CANCELLED` and the outcome that is
 * known. Its callback or queue receives the call as usual. The function does not wait. Any thread,
 * also inside a callback; never from a signal handler.
 */
void desk_op_cancel(const struct desk_op *op);

/**
 * The `user_data` with which the call was started; NULL for NULL. Any thread.
 */
void *desk_op_get_user_data(const struct desk_op *op);

/**
 * Takes the status of an ended call without a result, once: `DESK_OK` or its error. Any thread.
 *
 * Errors: the error of the call; `DESK_NOT_READY` if it has not ended; `DESK_INVALID_ARGUMENT` if
 * the call has a result, or if its status was already taken.
 */
desk_status desk_op_take(const struct desk_op *op, struct desk_error **err);

/**
 * Frees a handle of a call; NULL is allowed. A running call goes on: cancel it first if it should
 * not. Freeing the last handle also frees a result that was not taken, and the user data (once the
 * callback has returned). Any thread, once. Never free the borrowed handle of a callback.
 */
void desk_op_free(struct desk_op *op);

/**
 * Creates a queue. On success the caller owns `*out` and frees it with `desk_queue_free`; on
 * failure `*out` is NULL. Any thread.
 *
 * Errors: `DESK_INVALID_ARGUMENT` if `out` is NULL, or if the process has no file descriptor left.
 */
desk_status desk_queue_new(struct desk_queue **out, struct desk_error **err);

/**
 * A file descriptor that is readable exactly while the queue has a call: for poll, epoll, select
 * and event loops. Do not read, write or close it: the library closes it with the queue, or later,
 * with the last call that was to arrive there. -1 for NULL. Any thread.
 */
int32_t desk_queue_fd(const struct desk_queue *queue);

/**
 * Takes the next ended call. `*out` is a handle that the caller frees with `desk_op_free`; it is
 * NULL if no call ends within `timeout_ms` (0: do not wait; -1: wait for ever). Each call arrives
 * once. If the call was started with a callback, the function first runs it on this thread, where
 * it may block. Any thread.
 *
 * Errors: `DESK_INVALID_ARGUMENT`; `DESK_WOULD_DEADLOCK` if the function would wait inside a
 * callback; `DESK_FORKED` in a child of the process that created the queue.
 */
desk_status desk_queue_next(const struct desk_queue *queue,
                            int64_t timeout_ms,
                            struct desk_op **out,
                            struct desk_error **err);

/**
 * Frees a queue; NULL is allowed. The queue drops the calls that it has, and calls that would
 * arrive later, together with their results and without running their callbacks: take the calls
 * that you need first. Any thread, once, while no other thread waits for the queue.
 */
void desk_queue_free(struct desk_queue *queue);

/**
 * Creates a client. The function sends no request and starts no thread. On success the caller owns
 * `*out` and frees it with `desk_client_free`; on failure `*out` is NULL. Any thread.
 *
 * Errors: `DESK_INVALID_ARGUMENT`; the message names the wrong option.
 */
desk_status desk_client_new(const struct desk_client_options *options,
                            struct desk_client **out,
                            struct desk_error **err);

/**
 * Frees a client; NULL is allowed. The function cancels the running calls and waits for them, at
 * most 5 s for blocking calls on other threads; no new call may begin. It returns after all
 * callbacks of asynchronous calls have returned; inside one of these callbacks, it runs the
 * remaining ones first. It removes the log callback. The connections close once the client's
 * iterators are freed too. Results and errors of the client stay valid.
 *
 * If a call has abandoned a host name lookup, the function waits at most 500 ms more for it; a
 * slower lookup ends by itself, on its thread `desk-dns`. After a `DESK_PANIC` the function may
 * leak memory and file descriptors. In a forked child it only forgets the client, because the
 * connections belong to the parent.
 *
 * Any thread, once. Never call it from the client's own log callback, nor from two callbacks at
 * once that free each other's clients: they would wait for each other.
 */
void desk_client_free(struct desk_client *client);

/**
 * Sets the log callback, which the client calls for each of its attempts and calls; NULL removes
 * it. Once this function returns, the previous callback does not run on another thread and is
 * never called again, so that you may free its `user_data`. Inside a callback the function does
 * not wait for other callbacks. Any thread.
 *
 * Errors: `DESK_INVALID_ARGUMENT` if `client` is NULL; `DESK_FORKED` in a forked child.
 */
desk_status desk_client_set_log(struct desk_client *client,
                                desk_log_fn callback,
                                void *user_data,
                                struct desk_error **err);

/**
 * Makes a call that the spec does not have yet. The client sends it like any other: it retries a
 * GET or HEAD after a transient failure, and any other method only if the service certainly did
 * not process the request. Blocks until the response is complete or the deadline passes. On
 * success the caller owns `*out` and frees it with `desk_raw_result_free`; on failure `*out` is
 * NULL. `options` may be NULL. Any thread.
 *
 * Errors: `DESK_INVALID_ARGUMENT` for an unknown method or a path that leaves the base URL; any
 * other `desk_status`.
 */
desk_status desk_raw_call(struct desk_client *client,
                          const struct desk_raw_request *request,
                          const struct desk_call_options *options,
                          struct desk_raw_result **out,
                          struct desk_error **err);

/**
 * Starts a raw call; see `desk_raw_call` and the rules of asynchronous calls at the top.
 * `desk_op_take_raw_result` takes its result. Any thread.
 *
 * Errors: as `desk_raw_call` for its arguments; errors of the call itself come with its result.
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
 * Takes the result of an ended `desk_raw_call_async`, once. On success the caller owns `*out` and
 * frees it with `desk_raw_result_free`; on failure `*out` is NULL. Any thread.
 *
 * Errors: the error of the call; `DESK_NOT_READY` if it has not ended; `DESK_INVALID_ARGUMENT` if
 * `op` is a call of another kind, or if its result was already taken.
 */
desk_status desk_op_take_raw_result(const struct desk_op *op, struct desk_raw_result **out, struct desk_error **err);

/**
 * Frees a raw result; NULL is allowed. Texts read from the result become invalid. Any thread,
 * once.
 */
void desk_raw_result_free(struct desk_raw_result *result);

/**
 * Facts about the call. Borrowed from the result.
 */
const struct desk_response *desk_raw_result_response(const struct desk_raw_result *result);

/**
 * The response body, at most 32 MB; not always UTF-8. It may hold message text. Valid until the
 * result is freed.
 */
struct desk_str desk_raw_result_get_body(const struct desk_raw_result *result);

/**
 * Number of response headers.
 */
size_t desk_raw_result_get_headers_len(const struct desk_raw_result *result);

/**
 * The name of the header at `index`, in lower case; `{NULL, 0}` beyond the end. Valid until the
 * result is freed.
 */
struct desk_str desk_raw_result_get_header_name_at(const struct desk_raw_result *result, size_t index);

/**
 * The value of the header at `index`; not always UTF-8; `{NULL, 0}` beyond the end. Valid until
 * the result is freed.
 */
struct desk_str desk_raw_result_get_header_value_at(const struct desk_raw_result *result, size_t index);

/**
 * Frees a result; NULL is allowed. Texts and objects read from it become invalid. Any thread, once.
 */
void desk_proactive_chat_free(struct desk_proactive_chat *result);

/**
 * Facts about the call that returned the result; NULL for an object inside another result. Borrowed.
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
 * The text that was sent. Valid until the result it came from is freed.
 */
struct desk_str desk_proactive_chat_get_message(const struct desk_proactive_chat *proactive_chat);

/**
 * The number of messages in the chat.
 */
int64_t desk_proactive_chat_get_message_count(const struct desk_proactive_chat *proactive_chat);

/**
 * The agent who created the chat. Its shape is not documented; seen are id, displayName and sendbirdId. As JSON
 * text. Valid until the result it came from is freed.
 */
struct desk_str desk_proactive_chat_get_created_by(const struct desk_proactive_chat *proactive_chat);

/**
 * The group the chat is assigned to. Its shape is not documented; seen are id, name and key. As JSON text. Valid
 * until the result it came from is freed.
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
 * The ids of the customers as text. Its format is not documented. Valid until the result it came from is freed.
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
 * The priority of a chat. The default of the service is not documented. As the service spells it. Valid until
 * the result it came from is freed.
 */
struct desk_str desk_proactive_chat_get_priority_text(const struct desk_proactive_chat *proactive_chat);

/**
 * The id of the message in Desk.
 */
int64_t desk_chat_message_get_id(const struct desk_chat_message *chat_message);

/**
 * The id of the message in the ticket's channel. Absent from older shapes. Returns whether the value is present
 * and writes it (0 if absent) to `out` unless `out` is NULL.
 */
bool desk_chat_message_get_message_id(const struct desk_chat_message *chat_message, int64_t *out);

/**
 * The id of the ticket.
 */
int64_t desk_chat_message_get_ticket(const struct desk_chat_message *chat_message);

/**
 * The Sendbird id of the sender, or the word `event` when Desk sent it. Valid until the result it came from is
 * freed.
 */
struct desk_str desk_chat_message_get_user_sendbird_id(const struct desk_chat_message *chat_message);

/**
 * Who sent a message. EVENT is everything that no user sent. One of `DESK_USER_TYPE_...`; 0 if absent or unknown
 * to this version.
 */
int32_t desk_chat_message_get_user_type(const struct desk_chat_message *chat_message);

/**
 * Who sent a message. EVENT is everything that no user sent. As the service spells it. Valid until the result it
 * came from is freed.
 */
struct desk_str desk_chat_message_get_user_type_text(const struct desk_chat_message *chat_message);

/**
 * When the message was sent (UTC, µs). In µs since the Unix epoch.
 */
int64_t desk_chat_message_get_created_at_us(const struct desk_chat_message *chat_message);

/**
 * The text. Valid until the result it came from is freed.
 */
struct desk_str desk_chat_message_get_message(const struct desk_chat_message *chat_message);

/**
 * Extra information, such as styling or JSON text. Absent from older shapes. Valid until the result it came from
 * is freed.
 */
struct desk_str desk_chat_message_get_data(const struct desk_chat_message *chat_message);

/**
 * When the message was deleted (UTC, µs); absent or null while it is not. In µs since the Unix epoch. Returns
 * whether the value is present and writes it (0 if absent) to `out` unless `out` is NULL.
 */
bool desk_chat_message_get_deleted_at_us(const struct desk_chat_message *chat_message, int64_t *out);

/**
 * Where the deletion of a message was asked for. One of `DESK_REQUEST_ORIGIN_...`; 0 if absent or unknown to
 * this version.
 */
int32_t desk_chat_message_get_requested_from(const struct desk_chat_message *chat_message);

/**
 * Where the deletion of a message was asked for. As the service spells it. Valid until the result it came from
 * is freed.
 */
struct desk_str desk_chat_message_get_requested_from_text(const struct desk_chat_message *chat_message);

/**
 * The user who asked for the deletion. Its shape is not documented. As JSON text. Valid until the result it came
 * from is freed.
 */
struct desk_str desk_chat_message_get_requested_by(const struct desk_chat_message *chat_message);

/**
 * Frees a result; NULL is allowed. Texts and objects read from it become invalid. Any thread, once.
 */
void desk_chat_message_page_free(struct desk_chat_message_page *result);

/**
 * Facts about the call that returned the result; NULL for an object inside another result. Borrowed.
 */
const struct desk_response *desk_chat_message_page_response(const struct desk_chat_message_page *chat_message_page);

/**
 * The number of messages in the whole list at the time of the request.
 */
int64_t desk_chat_message_page_get_count(const struct desk_chat_message_page *chat_message_page);

/**
 * The URL of the previous page; null on the first. For display only, never followed by the SDK. Valid until the
 * result it came from is freed.
 */
struct desk_str desk_chat_message_page_get_previous(const struct desk_chat_message_page *chat_message_page);

/**
 * The URL of the next page; null on the last. For display only, never followed by the SDK. Valid until the
 * result it came from is freed.
 */
struct desk_str desk_chat_message_page_get_next(const struct desk_chat_message_page *chat_message_page);

/**
 * Number of: The messages of this page.
 */
size_t desk_chat_message_page_get_results_len(const struct desk_chat_message_page *chat_message_page);

/**
 * The item at `index`; NULL beyond the end or if null. Valid until the result it came from is freed.
 */
const struct desk_chat_message *desk_chat_message_page_get_results_at(const struct desk_chat_message_page *chat_message_page,
                                                                      size_t index);

/**
 * Fills in `out`, whose `struct_size` must be set; the same struct can be filled in repeatedly. Returns false
 * and leaves `out` unchanged if `proactive_chat` or `out` is NULL or `struct_size` is invalid.
 */
bool desk_proactive_chat_fill_fields(const struct desk_proactive_chat *proactive_chat,
                                     struct desk_proactive_chat_fields *out);

/**
 * Fills in `out`, whose `struct_size` must be set; the same struct can be filled in repeatedly. Returns false
 * and leaves `out` unchanged if `chat_message` or `out` is NULL or `struct_size` is invalid.
 */
bool desk_chat_message_fill_fields(const struct desk_chat_message *chat_message, struct desk_chat_message_fields *out);

/**
 * Fills in `out`, whose `struct_size` must be set; the same struct can be filled in repeatedly. Returns false
 * and leaves `out` unchanged if `chat_message_page` or `out` is NULL or `struct_size` is invalid.
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
 * `POST /proactive_chats`. Blocks until the response is complete or the deadline passes. On success the caller
 * owns `*out` and frees it with `desk_proactive_chat_free`; on failure `*out` is NULL. `options` may be NULL for
 * the client's settings. Any thread.
 *
 * Errors: `DESK_INVALID_ARGUMENT` if an argument breaks a bound of the spec; any other `desk_status`.
 * `desk_error_get_outcome` says whether the request may have taken effect.
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
 * `GET /proactive_chats/{proactive_id}`. Blocks until the response is complete or the deadline passes. On
 * success the caller owns `*out` and frees it with `desk_proactive_chat_free`; on failure `*out` is NULL.
 * `options` may be NULL for the client's settings. Any thread.
 *
 * Errors: `DESK_INVALID_ARGUMENT` if an argument breaks a bound of the spec; any other `desk_status`.
 * `desk_error_get_outcome` says whether the request may have taken effect.
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
 * `GET /chat_messages`. Blocks until the response is complete or the deadline passes. On success the caller owns
 * `*out` and frees it with `desk_chat_message_page_free`; on failure `*out` is NULL. `params` may be NULL for
 * defaults. `options` may be NULL for the client's settings. Any thread.
 *
 * Errors: `DESK_INVALID_ARGUMENT` if an argument breaks a bound of the spec; any other `desk_status`.
 * `desk_error_get_outcome` says whether the request may have taken effect.
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
 * `GET /tickets/{ticket_id}/chat_messages`. Blocks until the response is complete or the deadline passes. On
 * success the caller owns `*out` and frees it with `desk_chat_message_page_free`; on failure `*out` is NULL.
 * `params` may be NULL for defaults. `options` may be NULL for the client's settings. Any thread.
 *
 * Errors: `DESK_INVALID_ARGUMENT` if an argument breaks a bound of the spec; any other `desk_status`.
 * `desk_error_get_outcome` says whether the request may have taken effect.
 */
desk_status desk_ticket_chat_message_list(struct desk_client *client,
                                          int64_t ticket_id,
                                          const struct desk_ticket_chat_message_list_params *params,
                                          const struct desk_call_options *options,
                                          struct desk_chat_message_page **out,
                                          struct desk_error **err);

/**
 * Starts `desk_proactive_chat_create` and returns at once; see the rules of asynchronous calls at the top.
 * `desk_op_take_proactive_chat` takes its result. Any thread.
 *
 * Errors: `DESK_INVALID_ARGUMENT` if an argument cannot be read; errors of the call itself, including a broken
 * bound of the spec, come with its result.
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
 * Starts `desk_proactive_chat_get` and returns at once; see the rules of asynchronous calls at the top.
 * `desk_op_take_proactive_chat` takes its result. Any thread.
 *
 * Errors: `DESK_INVALID_ARGUMENT` if an argument cannot be read; errors of the call itself, including a broken
 * bound of the spec, come with its result.
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
 * Starts `desk_chat_message_list` and returns at once; see the rules of asynchronous calls at the top.
 * `desk_op_take_chat_message_page` takes its result. Any thread.
 *
 * @deprecated by the service.
 *
 * Errors: `DESK_INVALID_ARGUMENT` if an argument cannot be read; errors of the call itself, including a broken
 * bound of the spec, come with its result.
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
 * `desk_op_take_chat_message_page` takes its result. Any thread.
 *
 * Errors: `DESK_INVALID_ARGUMENT` if an argument cannot be read; errors of the call itself, including a broken
 * bound of the spec, come with its result.
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
 * Takes the result of an ended call, once. On success the caller owns `*out` and frees it with
 * `desk_proactive_chat_free`; on failure `*out` is NULL. Any thread.
 *
 * Errors: the error of the call; `DESK_NOT_READY` if it has not ended; `DESK_INVALID_ARGUMENT` if its result has
 * another type (the message names the function that takes it) or was already taken.
 */
desk_status desk_op_take_proactive_chat(const struct desk_op *op,
                                        struct desk_proactive_chat **out,
                                        struct desk_error **err);

/**
 * Takes the result of an ended call, once. On success the caller owns `*out` and frees it with
 * `desk_chat_message_page_free`; on failure `*out` is NULL. Any thread.
 *
 * Errors: the error of the call; `DESK_NOT_READY` if it has not ended; `DESK_INVALID_ARGUMENT` if its result has
 * another type (the message names the function that takes it) or was already taken.
 */
desk_status desk_op_take_chat_message_page(const struct desk_op *op,
                                           struct desk_chat_message_page **out,
                                           struct desk_error **err);

/**
 * Creates an iterator. It sends no request before the first `desk_chat_message_iter_next`.
 *
 * @deprecated by the service.
 *
 * `params` may be NULL for defaults; its `limit` is the size of a page (by default 500), its `offset` the index
 * of the first item. `iter_options` and `options` may be NULL; `options` apply to each page. On success the
 * caller owns `*out` and frees it with `desk_chat_message_iter_free`; on failure `*out` is NULL. Once the client
 * is freed, the iterator returns the items that it has already read, and then `DESK_CANCELLED`. Any thread.
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
 * Writes the next item to `*out`: borrowed, valid until the next step or until the iterator is freed; NULL after
 * the last item. Blocks only at the start of a page; the iterator prefetches the next page while you work on the
 * current one.
 *
 * Errors: as the operation; `DESK_INCONSISTENT` if the list does not advance. An error leaves the iterator at
 * its position: calling this again continues without skipping or repeating an item. Items that are inserted or
 * deleted during the iteration can shift others: `desk_chat_message_export` proves that no item is lost.
 */
desk_status desk_chat_message_iter_next(struct desk_chat_message_iter *iter,
                                        const struct desk_chat_message **out,
                                        struct desk_error **err);

/**
 * Starts a step that prepares the next item, and returns at once; see the rules of asynchronous calls at the
 * top. After the call has ended and `desk_op_take` has returned `DESK_OK`, `desk_chat_message_iter_next` returns
 * the item, or NULL at the end, without waiting; it also returns without waiting while
 * `desk_chat_message_iter_is_ready` is true. The call arrives at the queue in the options of
 * `desk_chat_message_iter_new`. Until it has ended, make no other step and do not free the iterator. Any thread.
 *
 * Errors: `DESK_INVALID_ARGUMENT`; errors of `desk_chat_message_iter_next` come with `desk_op_take`, and calling
 * this again then continues without skipping or repeating an item.
 */
desk_status desk_chat_message_iter_next_async(struct desk_chat_message_iter *iter,
                                              desk_op_fn callback,
                                              void *user_data,
                                              desk_free_fn user_data_free,
                                              struct desk_op **op,
                                              struct desk_error **err);

/**
 * Whether `desk_chat_message_iter_next` returns an item, or a known end, without waiting; false for NULL. Any
 * thread that may make a step.
 */
bool desk_chat_message_iter_is_ready(const struct desk_chat_message_iter *iter);

/**
 * Frees an iterator; NULL is allowed. Its last item becomes invalid, and a running asynchronous step is
 * cancelled. Any thread, once.
 */
void desk_chat_message_iter_free(struct desk_chat_message_iter *iter);

/**
 * Creates an iterator. It sends no request before the first `desk_ticket_chat_message_iter_next`.
 *
 * `params` may be NULL for defaults; its `limit` is the size of a page (by default 500), its `offset` the index
 * of the first item. `iter_options` and `options` may be NULL; `options` apply to each page. On success the
 * caller owns `*out` and frees it with `desk_ticket_chat_message_iter_free`; on failure `*out` is NULL. Once the
 * client is freed, the iterator returns the items that it has already read, and then `DESK_CANCELLED`. Any
 * thread.
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
 * Writes the next item to `*out`: borrowed, valid until the next step or until the iterator is freed; NULL after
 * the last item. Blocks only at the start of a page; the iterator prefetches the next page while you work on the
 * current one.
 *
 * Errors: as the operation; `DESK_INCONSISTENT` if the list does not advance. An error leaves the iterator at
 * its position: calling this again continues without skipping or repeating an item. Items that are inserted or
 * deleted during the iteration can shift others: `desk_ticket_chat_message_export` proves that no item is lost.
 */
desk_status desk_ticket_chat_message_iter_next(struct desk_ticket_chat_message_iter *iter,
                                               const struct desk_chat_message **out,
                                               struct desk_error **err);

/**
 * Starts a step that prepares the next item, and returns at once; see the rules of asynchronous calls at the
 * top. After the call has ended and `desk_op_take` has returned `DESK_OK`, `desk_ticket_chat_message_iter_next`
 * returns the item, or NULL at the end, without waiting; it also returns without waiting while
 * `desk_ticket_chat_message_iter_is_ready` is true. The call arrives at the queue in the options of
 * `desk_ticket_chat_message_iter_new`. Until it has ended, make no other step and do not free the iterator. Any
 * thread.
 *
 * Errors: `DESK_INVALID_ARGUMENT`; errors of `desk_ticket_chat_message_iter_next` come with `desk_op_take`, and
 * calling this again then continues without skipping or repeating an item.
 */
desk_status desk_ticket_chat_message_iter_next_async(struct desk_ticket_chat_message_iter *iter,
                                                     desk_op_fn callback,
                                                     void *user_data,
                                                     desk_free_fn user_data_free,
                                                     struct desk_op **op,
                                                     struct desk_error **err);

/**
 * Whether `desk_ticket_chat_message_iter_next` returns an item, or a known end, without waiting; false for NULL.
 * Any thread that may make a step.
 */
bool desk_ticket_chat_message_iter_is_ready(const struct desk_ticket_chat_message_iter *iter);

/**
 * Frees an iterator; NULL is allowed. Its last item becomes invalid, and a running asynchronous step is
 * cancelled. Any thread, once.
 */
void desk_ticket_chat_message_iter_free(struct desk_ticket_chat_message_iter *iter);

/**
 * Creates an export. It sends no request before the first `desk_chat_message_export_next`.
 *
 * @deprecated by the service.
 *
 * `params` may be NULL for defaults; its `limit` is the size of a page (by default 500), its `offset` has no
 * effect. `export_options` and `options` may be NULL; `options` apply to each page. On success the caller owns
 * `*out` and frees it with `desk_chat_message_export_free`; on failure `*out` is NULL. Once the client is freed,
 * the export returns `DESK_CANCELLED`. Any thread.
 *
 * Errors: `DESK_INVALID_ARGUMENT`; `desk_chat_message_export_next` reports a value of `params` that is out of
 * bounds.
 */
desk_status desk_chat_message_export_new(struct desk_client *client,
                                         const struct desk_chat_message_list_params *params,
                                         const struct desk_export_options *export_options,
                                         const struct desk_call_options *options,
                                         struct desk_chat_message_export **out,
                                         struct desk_error **err);

/**
 * Writes the next window to `*out`: borrowed, valid with its rows until the next call of this function (unless
 * that call is refused) or until the export is freed; NULL after the last window. Check its `verified` before
 * you treat it as complete, and read its rows with `desk_chat_message_export_at`. Windows follow each other
 * without a gap, empty windows included. To resume, store `until_us` of the last window that you have kept;
 * begin the next export one later. Blocks.
 *
 * Errors: as the operation; `DESK_INCONSISTENT` if no proof is possible: the service seems to ignore the times
 * or, reported once at the very end, counts more rows than all windows had. In the latter case do not treat the
 * export as complete, although the next call returns NULL. Any other error leaves the export at its position:
 * calling this again continues without skipping or repeating a row. `DESK_INVALID_ARGUMENT` while another step
 * runs.
 */
desk_status desk_chat_message_export_next(struct desk_chat_message_export *export_,
                                          const struct desk_window **out,
                                          struct desk_error **err);

/**
 * Starts a step that prepares the next window, and returns at once; see the rules of asynchronous calls at the
 * top. After the call has ended and `desk_op_take` has returned `DESK_OK`, `desk_chat_message_export_next`
 * returns the window, or NULL at the end, without waiting. The call arrives at the queue in the options of
 * `desk_chat_message_export_new`. Until it has ended, make no other step and do not free the export; the
 * previous window and its rows stay valid, and in memory next to the new one, until
 * `desk_chat_message_export_next`. Any thread.
 *
 * Errors: `DESK_INVALID_ARGUMENT`; errors of `desk_chat_message_export_next` come with `desk_op_take`, and
 * calling this again then continues without skipping or repeating a row.
 */
desk_status desk_chat_message_export_next_async(struct desk_chat_message_export *export_,
                                                desk_op_fn callback,
                                                void *user_data,
                                                desk_free_fn user_data_free,
                                                struct desk_op **op,
                                                struct desk_error **err);

/**
 * Whether `desk_chat_message_export_next` returns a window, or a known end, without waiting; false for NULL. Any
 * thread that may make a step.
 */
bool desk_chat_message_export_is_ready(const struct desk_chat_message_export *export_);

/**
 * The row at `index` of the window that `desk_chat_message_export_next` returned last; NULL from its `count` on.
 * Borrowed like the window. Any thread, while no step runs.
 */
const struct desk_chat_message *desk_chat_message_export_at(const struct desk_chat_message_export *export_,
                                                            size_t index);

/**
 * Frees an export; NULL is allowed. Its last window becomes invalid, and a running asynchronous step is
 * cancelled. Any thread, once.
 */
void desk_chat_message_export_free(struct desk_chat_message_export *export_);

/**
 * Creates an export. It sends no request before the first `desk_ticket_chat_message_export_next`.
 *
 * `params` may be NULL for defaults; its `limit` is the size of a page (by default 500), its `offset` has no
 * effect. `export_options` and `options` may be NULL; `options` apply to each page. On success the caller owns
 * `*out` and frees it with `desk_ticket_chat_message_export_free`; on failure `*out` is NULL. Once the client is
 * freed, the export returns `DESK_CANCELLED`. Any thread.
 *
 * Errors: `DESK_INVALID_ARGUMENT`; `desk_ticket_chat_message_export_next` reports a value of `params` that is
 * out of bounds.
 */
desk_status desk_ticket_chat_message_export_new(struct desk_client *client,
                                                int64_t ticket_id,
                                                const struct desk_ticket_chat_message_list_params *params,
                                                const struct desk_export_options *export_options,
                                                const struct desk_call_options *options,
                                                struct desk_ticket_chat_message_export **out,
                                                struct desk_error **err);

/**
 * Writes the next window to `*out`: borrowed, valid with its rows until the next call of this function (unless
 * that call is refused) or until the export is freed; NULL after the last window. Check its `verified` before
 * you treat it as complete, and read its rows with `desk_ticket_chat_message_export_at`. Windows follow each
 * other without a gap, empty windows included. Blocks.
 *
 * Errors: as the operation; `DESK_INCONSISTENT` if no proof is possible: the service seems to ignore the times
 * or, reported once at the very end, counts more rows than all windows had. In the latter case do not treat the
 * export as complete, although the next call returns NULL. Any other error leaves the export at its position:
 * calling this again continues without skipping or repeating a row. `DESK_INVALID_ARGUMENT` while another step
 * runs.
 */
desk_status desk_ticket_chat_message_export_next(struct desk_ticket_chat_message_export *export_,
                                                 const struct desk_window **out,
                                                 struct desk_error **err);

/**
 * Starts a step that prepares the next window, and returns at once; see the rules of asynchronous calls at the
 * top. After the call has ended and `desk_op_take` has returned `DESK_OK`,
 * `desk_ticket_chat_message_export_next` returns the window, or NULL at the end, without waiting. The call
 * arrives at the queue in the options of `desk_ticket_chat_message_export_new`. Until it has ended, make no
 * other step and do not free the export; the previous window and its rows stay valid, and in memory next to the
 * new one, until `desk_ticket_chat_message_export_next`. Any thread.
 *
 * Errors: `DESK_INVALID_ARGUMENT`; errors of `desk_ticket_chat_message_export_next` come with `desk_op_take`,
 * and calling this again then continues without skipping or repeating a row.
 */
desk_status desk_ticket_chat_message_export_next_async(struct desk_ticket_chat_message_export *export_,
                                                       desk_op_fn callback,
                                                       void *user_data,
                                                       desk_free_fn user_data_free,
                                                       struct desk_op **op,
                                                       struct desk_error **err);

/**
 * Whether `desk_ticket_chat_message_export_next` returns a window, or a known end, without waiting; false for
 * NULL. Any thread that may make a step.
 */
bool desk_ticket_chat_message_export_is_ready(const struct desk_ticket_chat_message_export *export_);

/**
 * The row at `index` of the window that `desk_ticket_chat_message_export_next` returned last; NULL from its
 * `count` on. Borrowed like the window. Any thread, while no step runs.
 */
const struct desk_chat_message *desk_ticket_chat_message_export_at(const struct desk_ticket_chat_message_export *export_,
                                                                   size_t index);

/**
 * Frees an export; NULL is allowed. Its last window becomes invalid, and a running asynchronous step is
 * cancelled. Any thread, once.
 */
void desk_ticket_chat_message_export_free(struct desk_ticket_chat_message_export *export_);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* DESK_H */


/** The initialiser of a desk_client_options. */
#define DESK_CLIENT_OPTIONS_INIT \
  { sizeof(desk_client_options), DESK_STR_ABSENT, DESK_STR_ABSENT, DESK_STR_ABSENT, 0, 0, 0, 0, DESK_STR_ABSENT, DESK_STR_ABSENT, DESK_STR_ABSENT, DESK_STR_ABSENT, 0, 0.0, 0.0 }

/** The initialiser of a desk_call_options. */
#define DESK_CALL_OPTIONS_INIT \
  { sizeof(desk_call_options), 0, 0, 0, NULL, 0, NULL, NULL }

/** The initialiser of a desk_iter_options. */
#define DESK_ITER_OPTIONS_INIT \
  { sizeof(desk_iter_options), 0 }

/** The initialiser of a desk_export_options. */
#define DESK_EXPORT_OPTIONS_INIT \
  { sizeof(desk_export_options), 0, 0, 0 }

/** The initialiser of a desk_raw_request. */
#define DESK_RAW_REQUEST_INIT \
  { sizeof(desk_raw_request), DESK_STR_ABSENT, DESK_STR_ABSENT, NULL, 0, DESK_STR_ABSENT }

/** The initialiser of a desk_new_proactive_chat. */
#define DESK_NEW_PROACTIVE_CHAT_INIT \
  { sizeof(desk_new_proactive_chat), DESK_STR_ABSENT, DESK_STR_ABSENT, NULL, 0, 0, 0, DESK_STR_ABSENT }

/** The initialiser of a desk_chat_message_list_params. */
#define DESK_CHAT_MESSAGE_LIST_PARAMS_INIT \
  { sizeof(desk_chat_message_list_params), false, 0, false, 0, false, 0, false, 0, 0, DESK_STR_ABSENT }

/** The initialiser of a desk_ticket_chat_message_list_params. */
#define DESK_TICKET_CHAT_MESSAGE_LIST_PARAMS_INIT \
  { sizeof(desk_ticket_chat_message_list_params), false, 0, false, 0 }

/** The initialiser of a desk_proactive_chat_fields. */
#define DESK_PROACTIVE_CHAT_FIELDS_INIT \
  { sizeof(desk_proactive_chat_fields), 0, 0, DESK_STR_ABSENT, 0, DESK_STR_ABSENT, DESK_STR_ABSENT, 0, 0, 0, DESK_STR_ABSENT, 0, 0, 0, DESK_STR_ABSENT }

/** The initialiser of a desk_chat_message_fields. */
#define DESK_CHAT_MESSAGE_FIELDS_INIT \
  { sizeof(desk_chat_message_fields), 0, false, 0, 0, DESK_STR_ABSENT, 0, DESK_STR_ABSENT, 0, DESK_STR_ABSENT, DESK_STR_ABSENT, false, 0, 0, DESK_STR_ABSENT, DESK_STR_ABSENT }

/** The initialiser of a desk_chat_message_page_fields. */
#define DESK_CHAT_MESSAGE_PAGE_FIELDS_INIT \
  { sizeof(desk_chat_message_page_fields), 0, DESK_STR_ABSENT, DESK_STR_ABSENT, 0 }
