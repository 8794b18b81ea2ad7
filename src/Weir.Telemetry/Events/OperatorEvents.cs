using static Weir.Telemetry.Events.EventLevel;

namespace Weir.Telemetry.Events;

/// <summary>
/// The one table of events: the reference page is made from it. Ids: 1xx the process, 2xx configuration, 3xx client connections, 4xx
/// origins, 5xx modules and defects, 6xx logs, 7xx the admin, 8xx certificates. A value that came from a peer is escaped when it is
/// written.
/// </summary>
public static class OperatorEvents
{
    private static readonly List<OperatorEvent> _all = [];

    public static readonly OperatorEvent Started = Add(100, Info, "started",
        "Weir {version} listens on {addresses} with {loops} loops",
        "");
    public static readonly OperatorEvent Stopped = Add(101, Info, "stopped", "Weir has stopped after {reason}; {exchanges} exchanges, collections {gen0} + {gen1} + {gen2}, paused {pause_ms} ms in all", "");
    public static readonly OperatorEvent DrainBegan = Add(102, Info, "drain_began",
        "Draining: {exchanges} exchanges in flight, deadline in {seconds} s",
        "");
    public static readonly OperatorEvent DrainCut = Add(103, Warning, "drain_cut",
        "The drain deadline passed with {exchanges} exchanges in flight; they were cut",
        "Raise process.drain.deadline if clients should be given longer.");
    public static readonly OperatorEvent DescriptorLimit = Add(104, Warning, "descriptor_limit",
        "limits.connections was lowered from {wanted} to {possible}: the process may open {descriptors} descriptors",
        "Raise the descriptor limit (LimitNOFILE, ulimit -n).");
    public static readonly OperatorEvent MemoryLimit = Add(105, Warning, "memory_limit",
        "Buffers use all of limits.memory ({limit}); reading pauses and new exchanges get 503",
        "Raise limits.memory, or look in the access log for slow peers.");
    public static readonly OperatorEvent SlowTurn = Add(106, Warning, "slow_turn",
        "A turn of loop {loop} took {milliseconds} ms in {where}",
        "Every exchange of that loop waited. Look at what this module or file does on the loop.");
    public static readonly OperatorEvent PrivilegesDropped = Add(108, Info, "privileges_dropped", "Now running as {user}", "");
    public static readonly OperatorEvent RootWithoutUser = Add(120, Warning, "root_without_user",
        "Weir serves as root",
        "Name a user to become in process.user, or start it as a user with CAP_NET_BIND_SERVICE (packaging/weir.service does).");
    public static readonly OperatorEvent SocketUnusable = Add(121, Warning, "socket_unusable",
        "The inherited {name} is not a stream socket that listens; it is left alone",
        "Use ListenStream= in the socket unit.");
    public static readonly OperatorEvent SocketUnused = Add(122, Warning, "socket_unused",
        "No listener wants the inherited socket {name} ({address}); it was closed",
        "Name the same address under `listen`, or take it out of the socket unit: its clients would wait for ever.");
    public static readonly OperatorEvent DataDirectoryOpen = Add(123, Warning, "data_directory_open",
        "The data directory {path} could be entered by other users (mode {mode}); their rights were taken away",
        "Look who made it so. Keys that lay in it may be known.");
    public static readonly OperatorEvent DataDirectoryFailed = Add(124, Error, "data_directory_failed",
        "The data directory {path} cannot be used: {reason}",
        "Make it with mode 0700 for Weir's user, or name another in process.data.");
    public static readonly OperatorEvent WatchdogSilent = Add(125, Error, "watchdog_silent",
        "A loop has not answered for {milliseconds} ms; the watchdog is told nothing until it does",
        "The service manager will start Weir anew. Look for slow_turn before this.");
    public static readonly OperatorEvent NotifyFailed = Add(126, Warning, "notify_failed",
        "The service manager cannot be told: {reason}",
        "Check NotifyAccess= of the unit, and that NOTIFY_SOCKET can be reached.");
    public static readonly OperatorEvent OverloadBegan = Add(127, Warning, "overload_began",
        "Too much to do: limits.overload.{threshold} is {limit}, and it is {value}; {what} get 503 with Retry-After",
        "Raise that threshold of limits.overload, or give Weir more of what is short. /metrics counts who is turned away.");
    public static readonly OperatorEvent OverloadEnded = Add(128, Info, "overload_ended",
        "The load is {level} again after {seconds} s; turned away since the start: {connections} connections, {requests} requests", "");

    public static readonly OperatorEvent Reloaded = Add(200, Info, "reloaded",
        "The configuration {file} is in place as number {generation}, after {milliseconds} ms: {changes}",
        "");
    public static readonly OperatorEvent ReloadFailed = Add(201, Error, "reload_failed",
        "The configuration {file} was refused; the old one stays. Errors: {errors}, the first: {first}",
        "Run `weir check` with that file, mend it and reload.");
    public static readonly OperatorEvent ConfigDoubt = Add(202, Warning, "config_doubt", "{doubt}", "");
    public static readonly OperatorEvent ConfigMistake = Add(203, Error, "config_mistake", "{mistake}", "Mend the file and reload.");
    public static readonly OperatorEvent RestartNeeded = Add(204, Warning, "restart_needed",
        "{sentence}",
        "Start Weir anew to put this part of the file in force; the rest of it is.");

    public static readonly OperatorEvent ListenFailed = Add(300, Error, "listen_failed",
        "Cannot listen on {address}: {reason}",
        "Another program may hold the port (ss -ltnp), or ports below 1024 need CAP_NET_BIND_SERVICE.");
    public static readonly OperatorEvent AcceptPaused = Add(301, Error, "accept_paused",
        "Accepting on {address} pauses for {milliseconds} ms: {reason}",
        "Raise the descriptor limit, or lower limits.connections below it.");
    public static readonly OperatorEvent ConnectionLimit = Add(302, Warning, "connection_limit",
        "limits.connections ({limit}) is reached; new clients get 503",
        "Raise limits.connections, or look for clients that hold many connections.");
    public static readonly OperatorEvent Http2Abuse = Add(320, Warning, "http2_abuse",
        "An HTTP/2 connection of {client} was ended for {kind}",
        "Nothing, if it happens seldom. A client that comes again and again can be refused by the access module.");
    public static readonly OperatorEvent ClientConnectionLimit = Add(303, Warning, "client_connection_limit",
        "{client} reached limits.connections_per_client ({limit})",
        "If it is a proxy of yours, name it in trusted_proxies.");
    public static readonly OperatorEvent ClientOverLimit = Add(340, Info, "client_over_limit",
        "{client} was cut off by limits.{limit}: {what}",
        "Nothing, if it happens seldom. Raise that limit if such clients are welcome; `weir ban` keeps out who comes again and again.");
    public static readonly OperatorEvent HeavyClientRefused = Add(339, Warning, "heavy_client_refused",
        "Too much to do: new connections from {range} get 503, because more than one of {divisor} comes from there",
        "If they are proxies of yours, name them in trusted_proxies. When this begins is decided by limits.overload.");
    public static readonly OperatorEvent ProxyHeaderRefused = Add(304, Warning, "proxy_header_refused",
        "{client} sent no valid PROXY header to {listener}: {reason}",
        "Make the sender speak the PROXY protocol, or take it off the listener's proxy_protocol.");
    public static readonly OperatorEvent TlsClientRefused = Add(305, Warning, "tls_client_refused",
        "The TLS handshake of {client} at {listener} was refused: {reason}",
        "Where it shows no certificate that client_ca accepts: give the client one, or make client_auth optional.");
    public static readonly OperatorEvent CertificatesRenewed = Add(306, Info, "certificates_renewed",
        "Certificate files have changed; new handshakes use what they hold now: {files}",
        "");
    public static readonly OperatorEvent CertificatesKept = Add(307, Error, "certificates_kept",
        "Certificate files have changed and cannot be used; the certificates before stay: {reason}",
        "Mend the files; `weir check` says what is wrong with them.");

    public static readonly OperatorEvent ClientHandshakeLimit = Add(330, Warning, "client_handshake_limit",
        "{client} reached limits.handshakes_per_client ({limit}); more TLS handshakes of it at once are refused",
        "If it is a proxy of yours, name it in trusted_proxies, or raise that limit; else it is a flood: see the access module.");
    public static readonly OperatorEvent StapleMissing = Add(331, Warning, "staple_missing",
        "No new OCSP response for the certificate of {names}: {reason}; the next try is in {minutes} min",
        "Let Weir reach the responder by http; or write `staple: false` in the site's tls.");
    public static readonly OperatorEvent StapleRefused = Add(332, Error, "staple_refused",
        "The certificate of {names} is {status}, says its OCSP responder; it is shown without a staple",
        "Get another certificate: clients that ask will refuse this one.");
    public static readonly OperatorEvent StapleDemanded = Add(333, Error, "staple_demanded",
        "The certificate of {names} must be shown with an OCSP response, and there is none that is in force",
        "Clients will refuse it: let Weir reach the responder by http, or get a certificate without that demand.");
    public static readonly OperatorEvent TicketKeysRenewed = Add(334, Info, "ticket_keys_renewed",
        "{file} has changed; session tickets are sealed by the first of its {keys} keys now", "");
    public static readonly OperatorEvent TicketKeysKept = Add(335, Error, "ticket_keys_kept",
        "The file of ticket keys has changed and cannot be used; the keys before stay: {reason}",
        "Mend the file; until then clients that come from other processes shake hands in full.");
    public static readonly OperatorEvent OriginFilesRenewed = Add(336, Info, "origin_files_renewed",
        "Files of the TLS to {servers} have changed; new connections use what they hold now", "");
    public static readonly OperatorEvent OriginFilesKept = Add(337, Error, "origin_files_kept",
        "Files of the TLS to {server} have changed and cannot be used; what they held before stays: {reason}",
        "Mend the files; `weir check` says what is wrong with them.");
    public static readonly OperatorEvent OriginTlsFailed = Add(338, Warning, "origin_tls_failed",
        "The TLS handshake with {server} failed: {reason}",
        "Where its certificate is not trusted: name its authority in the server's `tls.ca`, or its name in `server_name`.");

    public static readonly OperatorEvent ServerDown = Add(400, Warning, "server_down",
        "{upstream}/{server} takes no more requests: {reason}",
        "Look at that server's own log; `weir status` shows its health.");
    public static readonly OperatorEvent ServerUp = Add(401, Info, "server_up", "{upstream}/{server} takes requests again: {reason}", "");
    public static readonly OperatorEvent ServerEjected = Add(402, Warning, "server_ejected",
        "{upstream}/{server} is set aside for {seconds} s: {failures} of its last {tries} tries failed; last: {reason}",
        "Look at that server's own log; `weir status` shows its health.");
    public static readonly OperatorEvent Panic = Add(403, Error, "panic",
        "{upstream}: {healthy} of {servers} servers are healthy, fewer than panic allows; all are used",
        "Bring servers back: requests now go to servers that fail.");
    public static readonly OperatorEvent PanicOver = Add(404, Info, "panic_over", "{upstream}: enough servers are healthy again", "");
    public static readonly OperatorEvent DnsFailed = Add(405, Warning, "dns_failed",
        "{name} does not resolve: {reason}; {kept} last good addresses stay in use",
        "Check the name and /etc/resolv.conf.");
    public static readonly OperatorEvent DnsRecovered = Add(406, Info, "dns_recovered", "{name} resolves again, to {addresses}", "");
    public static readonly OperatorEvent OriginMalformed = Add(407, Warning, "origin_malformed",
        "{upstream}/{server} sent a malformed response: {reason}",
        "That server breaks HTTP, or it is no HTTP server.");
    public static readonly OperatorEvent OriginNotHttp2 = Add(420, Warning, "origin_not_http2",
        "{upstream}/{server} is to be spoken to in HTTP/2 and does not speak it at its port",
        "Switch HTTP/2 on there (without TLS: with prior knowledge), or write `protocol: h1` and reload.");
    public static readonly OperatorEvent OriginExtra = Add(408, Warning, "origin_extra",
        "{upstream}/{server} sent data behind a complete response; its connection was closed",
        "That server miscounts Content-Length, or somebody smuggles responses.");
    public static readonly OperatorEvent LoopDetected = Add(409, Error, "loop_detected",
        "A request for {host} came back to this Weir",
        "An upstream points at one of Weir's own listeners.");
    public static readonly OperatorEvent StickyKeyFailed = Add(410, Warning, "sticky_key_failed",
        "The key of sticky sessions cannot be kept in {file}: {reason}; one is used that ends with this process",
        "Make process.data a directory that this user can write, or clients lose their servers at each restart.");
    public static readonly OperatorEvent SecretReadable = Add(411, Warning, "secret_readable",
        "{file} holds a secret and can be read by others",
        "chmod 600 it.");
    public static readonly OperatorEvent ModuleKeyFailed = Add(412, Warning, "module_key_failed",
        "The key of a module cannot be kept in {file}: {reason}; one is used that ends with this process",
        "Make process.data a directory that this user can write, or clients must pass or log in again after each restart.");

    public static readonly OperatorEvent ModuleThrew = Add(500, Error, "module_threw",
        "The module {module} threw at {moment}: {exception}",
        "The request got 500. Report it to the module's author.");
    public static readonly OperatorEvent LoopThrew = Add(501, Error, "loop_threw",
        "An exception reached loop {loop}: {exception}",
        "One connection was closed. This is a defect: please report it.");
    public static readonly OperatorEvent InvariantBroken = Add(502, Error, "invariant_broken",
        "{what}",
        "One connection was closed. This is a defect: please report it.");
    public static readonly OperatorEvent ModuleNote = Add(503, Info, "module_note", "{module}: {text}", "");
    public static readonly OperatorEvent ModuleWarning = Add(
        504, Warning, "module_warning", "{module}: {text}", "The module's page in docs/reference/modules.md says what it needs.");

    public static readonly OperatorEvent AccessLogFailed = Add(600, Error, "access_log_failed",
        "The access log {target} cannot be written: {reason}",
        "Weir tries again each second; lines are lost meanwhile and counted.");
    public static readonly OperatorEvent AccessLogRecovered = Add(601, Info, "access_log_recovered",
        "The access log {target} is written again; {dropped} lines were lost so far",
        "");
    public static readonly OperatorEvent AccessLogReopened = Add(602, Info, "access_log_reopened",
        "The access log {target} was opened anew",
        "");
    public static readonly OperatorEvent AccessLogReopenFailed = Add(603, Error, "access_log_reopen_failed",
        "The access log {target} cannot be opened anew: {reason}; the old file is still written",
        "Mend the path and send SIGUSR1 again.");
    public static readonly OperatorEvent AccessLogSlow = Add(604, Warning, "access_log_slow",
        "The access log {target} is too slow: {dropped} lines were lost so far",
        "Use a faster disk, or read standard output faster.");
    public static readonly OperatorEvent AccessLogFolderClosed = Add(607, Warning, "access_log_folder_closed",
        "Weir may write the access log {target}, but may not make it anew in its folder",
        "Let the rotation create the file for Weir's user (`create` of logrotate), or give that user the folder.");
    public static readonly OperatorEvent EventsLost = Add(605, Warning, "events_lost",
        "{count} events were lost because their queue was full",
        "Standard error is read too slowly.");
    public static readonly OperatorEvent Suppressed = Add(606, Info, "suppressed", "suppressed {count} more {name} events", "");

    public static readonly OperatorEvent AdminStarted = Add(700, Info, "admin_started", "The admin is at {places}", "");
    public static readonly OperatorEvent AdminSocketTaken = Add(701, Warning, "admin_socket_taken",
        "The admin's default socket {socket} cannot be served: {reason}; this Weir goes on without it",
        "Write admin.socket (and process.data) with a path of this Weir's own, or `admin: off`.");
    public static readonly OperatorEvent AdminPortTaken = Add(702, Warning, "admin_port_taken",
        "The admin's default address {address} cannot be served: {reason}; this Weir goes on without it",
        "Write admin.listen with a port of this Weir's own, or use its socket.");
    public static readonly OperatorEvent AdminThrew = Add(703, Error, "admin_threw",
        "The admin failed to answer {path}: {exception}",
        "Nothing that serves clients was touched. This is a defect: please report it.");
    public static readonly OperatorEvent ServerSet = Add(704, Info, "server_set", "{who} set {server} to {state}; it was {was}", "");
    public static readonly OperatorEvent ReloadAsked = Add(705, Info, "reload_asked", "{who} asked for a reload", "");
    public static readonly OperatorEvent SavedStateDamaged = Add(706, Warning, "saved_state_damaged",
        "The saved states in {file} cannot be read: {reason}; servers begin as ready, modules as if nothing had been",
        "The file is kept beside it as .damaged. `weir status` shows the states; set them again.");
    public static readonly OperatorEvent SavedStateUnreadable = Add(707, Warning, "saved_state_unreadable",
        "The saved states in {file} cannot be used: {reason}; servers begin as ready, modules as if nothing had been",
        "Make the file readable for Weir's user, or remove it.");
    public static readonly OperatorEvent SavedStateFailed = Add(708, Warning, "saved_state_failed",
        "States cannot be saved in {file}: {reason}; they end with this process",
        "Make process.data a directory that this user can write.");

    public static readonly OperatorEvent CachePurged = Add(720, Info, "cache_purged",
        "{who} purged {what} from the cache {cache} ({kind}): in force as number {number}", "", isAudit: true);
    public static readonly OperatorEvent CachePurgeDone = Add(721, Info, "cache_purge_done",
        "The purge {number} of the cache {cache} ({what}) is carried out in memory: it touched {count} stored responses", "", isAudit: true);
    public static readonly OperatorEvent CachePurgeRefused = Add(722, Error, "cache_purge_refused",
        "{who} wanted {what} purged from the cache {cache}: {reason}",
        "Nothing was purged, and who asked was told. Mend the cause and purge again.", isAudit: true);
    public static readonly OperatorEvent CachePurgesUnwritten = Add(723, Error, "cache_purges_unwritten",
        "Purges of the cache {cache} are in force, but not on disk: {reason}",
        "A crash now brings back what they touched. Free room on that disk, or look into the system's log for what is wrong with it; "
        + "it is tried again with each purge and every 30 seconds, and who purges is told meanwhile.");
    public static readonly OperatorEvent CachePurgesWritten = Add(724, Info, "cache_purges_written",
        "Purges of the cache {cache} can be written again: all that are in force are on disk", "");

    public static readonly OperatorEvent CertificateObtained = Add(800, Info, "certificate_obtained",
        "{name} has a certificate of {issuer}, good until {expires}; it is renewed on {renewal}",
        "");
    public static readonly OperatorEvent CertificateFailed = Add(801, Error, "certificate_failed",
        "No certificate for {name}: {reason}. Next try at {next}; {meanwhile}",
        "Look whether the name leads to this machine and ports 80 and 443 reach it. `weir certs renew NAME` tries at once.");
    public static readonly OperatorEvent CertificateStandIn = Add(802, Warning, "certificate_stand_in",
        "{name} has no certificate yet: clients get one that nobody has signed, and warn, until it is there",
        "Nothing, if it is new: it takes seconds. `weir certs` shows what it waits for.");
    public static readonly OperatorEvent CertificateFileDamaged = Add(803, Error, "certificate_file_damaged",
        "{file} cannot be used: {reason}; it is kept beside as .damaged, and another is made",
        "Look at the disk, and who else writes there.");
    public static readonly OperatorEvent CertificateStoreFailed = Add(804, Error, "certificate_store_failed",
        "Certificates cannot be kept at {file}: {reason}; they end with this process",
        "Make process.data a directory that this user can write. Each restart asks the issuer anew, and issuers have limits.");
    public static readonly OperatorEvent LocalAuthorityMade = Add(805, Info, "local_authority_made",
        "{name} now certifies names that no public authority does; its root is in {file}, and `weir trust` makes this machine's programs believe it",
        "");
    public static readonly OperatorEvent AcmeAccountMade = Add(806, Info, "acme_account_made",
        "An account at {issuer} was made; its terms are at {terms}",
        "");
    public static readonly OperatorEvent RenewalAdvised = Add(807, Info, "renewal_advised",
        "{name} is renewed on {time}, as {issuer} advises; why: {explanation}",
        "");
    public static readonly OperatorEvent RenewalForced = Add(808, Info, "renewal_forced", "{who} asked for a renewal of {name}", "");
    public static readonly OperatorEvent OnDemandRefused = Add(809, Info, "on_demand_refused",
        "No certificate is got for {name}: {reason}",
        "");
    public static readonly OperatorEvent OnDemandLimited = Add(810, Warning, "on_demand_limited",
        "No certificate is got for {name} now: more than {rate} names want one",
        "Raise acme.on_demand.rate, if they are all yours; issuers have limits of their own.");

    public static readonly OperatorEvent AcmeAddressChanged = Add(811, Info, "acme_address_changed",
        "{issuer} writes to {email} from now on", "");
    public static readonly OperatorEvent AcmeAccountKept = Add(812, Warning, "acme_account_kept",
        "The account at {issuer} keeps its address: {reason}",
        "Check acme.email. Certificates are got all the same.");
    public static readonly OperatorEvent AcmeKeyChanged = Add(813, Info, "acme_key_changed", "The account at {issuer} has a new key", "");
    public static readonly OperatorEvent CertificateRevoked = Add(814, Warning, "certificate_revoked",
        "{who} had the certificate of {name} revoked ({reason}); the next one is ordered",
        "Nothing, if that was meant. Until the next one is there, clients get the revoked one.");

    public static readonly OperatorEvent AddressBanned = Add(821, Warning, "address_banned",
        "{who} banned {range} until {time}; why: {reason}",
        "Nothing, if that is meant; `weir ban lift` ends it earlier.");
    public static readonly OperatorEvent BanLifted = Add(
        822, Info, "ban_lifted", "{who} lifted the ban of {range}, which was to last until {time}", "");

    /// <summary>Every event, for documentation and tests.</summary>
    public static IReadOnlyList<OperatorEvent> All => _all;

    private static OperatorEvent Add(int id, EventLevel level, string name, string template, string remedy, bool isAudit = false)
    {
        OperatorEvent added = new(_all.Count, id, level, name, template, remedy) { IsAudit = isAudit };
        _all.Add(added);
        return added;
    }
}
