using Weir.Abstractions.Errors;

namespace Weir.Architecture.Tests.Tables;

public sealed class ProxyErrorTableTests
{
    // RFC 9209 section 2.3: the error types registered there.
    private static readonly HashSet<string> _registered = new(
    [
        "dns_timeout", "dns_error", "destination_not_found", "destination_unavailable", "destination_ip_prohibited",
        "destination_ip_unroutable", "connection_refused", "connection_terminated", "connection_timeout", "connection_read_timeout",
        "connection_write_timeout", "connection_limit_reached", "tls_protocol_error", "tls_certificate_error", "tls_alert_received",
        "http_request_error", "http_request_denied", "http_response_incomplete", "http_response_header_section_size",
        "http_response_header_size", "http_response_body_size", "http_response_trailer_section_size", "http_response_trailer_size",
        "http_response_transfer_coding", "http_response_content_coding", "http_response_timeout", "http_upgrade_failed",
        "http_protocol_error", "proxy_internal_response", "proxy_internal_error", "proxy_configuration_error", "proxy_loop_detected",
    ], StringComparer.Ordinal);

    [Fact]
    public void Names_are_unique_and_snake_case()
    {
        ProxyErrors.All.ShouldNotBeEmpty();
        ProxyErrors.All.Select(error => error.Name).Distinct(StringComparer.Ordinal).Count().ShouldBe(ProxyErrors.All.Count);
        ProxyErrors.All.Where(
            error => !error.Name.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '_'))
            .ShouldBeEmpty();
    }

    [Fact]
    public void Every_proxy_status_type_is_registered() =>
        ProxyErrors.All.Where(error => !_registered.Contains(error.ProxyStatus)).Select(error => $"{error.Name}: {error.ProxyStatus}").ShouldBeEmpty();

    [Fact]
    public void Every_status_is_an_error() => ProxyErrors.All.Where(error => error.Status is < 400 or > 599).ShouldBeEmpty();

    [Fact]
    public void A_client_is_blamed_with_a_4xx_and_an_origin_with_a_5xx()
    {
        ProxyErrors.All.Where(error => error.Fault == Fault.Client && error.Status >= 500).ShouldBeEmpty();
        ProxyErrors.All.Where(error => error.Fault == Fault.Origin && error.Status < 500).ShouldBeEmpty();
    }

    [Fact]
    public void Only_what_the_origin_caused_may_be_tried_again() =>
        ProxyErrors.All.Where(error => error.IsRetryable && error.Fault != Fault.Origin).ShouldBeEmpty();

    [Fact]
    public void Every_error_tells_the_operator_what_happened() =>
        ProxyErrors.All.Where(error => error.Text.Length < 20 || !error.Text.EndsWith('.')).Select(error => error.Name).ShouldBeEmpty();
}
