using Weir.Abstractions.Heads;
using Weir.Cache.Freshness;

namespace Weir.Cache.Tests.Freshness;

/// <summary>RFC 9111 section 3: what a shared cache may store.</summary>
public sealed class StoringTests
{
    [Theory]
    [InlineData(200, "Cache-Control: max-age=60", StoringVerdict.Stored)]
    [InlineData(200, "", StoringVerdict.Stored)]
    [InlineData(200, "Cache-Control: no-store", StoringVerdict.NoStore)]
    [InlineData(200, "Cache-Control: No-Store, max-age=60", StoringVerdict.NoStore)]
    [InlineData(200, "Cache-Control: max-age=60|Cache-Control: no-store", StoringVerdict.NoStore)]
    [InlineData(200, "Cache-Control: a=\"no-store\", max-age=60", StoringVerdict.Stored)]
    [InlineData(200, "Cache-Control: private, max-age=60", StoringVerdict.Private)]
    [InlineData(200, "Cache-Control: private=\"\", max-age=60", StoringVerdict.Private)]
    [InlineData(200, "CDN-Cache-Control: private=1, max-age=60", StoringVerdict.Private)]
    [InlineData(200, "Cache-Control: private=\"x-user\", max-age=60", StoringVerdict.Stored)]
    [InlineData(200, "Cache-Control: no-cache", StoringVerdict.Stored)]
    [InlineData(200, "CDN-Cache-Control: max-age=60|Cache-Control: no-store", StoringVerdict.Stored)]
    [InlineData(200, "CDN-Cache-Control: no-store|Cache-Control: max-age=60", StoringVerdict.NoStore)]
    // Section 5.2.2.3: must-understand overrides no-store, where the status is understood.
    [InlineData(200, "Cache-Control: must-understand, no-store, max-age=60", StoringVerdict.Stored)]
    [InlineData(299, "Cache-Control: must-understand, max-age=60", StoringVerdict.NotUnderstood)]
    [InlineData(299, "Cache-Control: must-understand, no-store, max-age=60", StoringVerdict.NotUnderstood)]
    // Unknown statuses, and those whose lifetime nobody may guess: only when it is said.
    [InlineData(299, "Cache-Control: max-age=60", StoringVerdict.Stored)]
    [InlineData(599, "Cache-Control: max-age=60", StoringVerdict.Stored)]
    [InlineData(599, "", StoringVerdict.Status)]
    [InlineData(302, "", StoringVerdict.Status)]
    [InlineData(302, "Expires: {60}|Date: {0}", StoringVerdict.Stored)]
    [InlineData(302, "Cache-Control: public", StoringVerdict.Stored)]
    [InlineData(404, "", StoringVerdict.Stored)]
    [InlineData(410, "", StoringVerdict.Stored)]
    [InlineData(500, "", StoringVerdict.Status)]
    [InlineData(206, "Cache-Control: max-age=60", StoringVerdict.Partial)]
    [InlineData(304, "Cache-Control: max-age=60", StoringVerdict.Partial)]
    [InlineData(200, "Cache-Control: max-age=60|Vary: *", StoringVerdict.VaryAny)]
    [InlineData(200, "Cache-Control: max-age=60|Vary: a, *", StoringVerdict.VaryAny)]
    [InlineData(200, "Cache-Control: max-age=60|Vary: a|Vary: b", StoringVerdict.Stored)]
    // Section 7.3: cookies are stored where the origin means shared caches.
    [InlineData(200, "Cache-Control: max-age=60|Set-Cookie: a=b", StoringVerdict.SetCookie)]
    [InlineData(200, "Cache-Control: public, max-age=60|Set-Cookie: a=b", StoringVerdict.Stored)]
    [InlineData(200, "Cache-Control: s-maxage=60|Set-Cookie: a=b", StoringVerdict.Stored)]
    [InlineData(200, "Cache-Control: private=\"Set-Cookie\", max-age=60|Set-Cookie: a=b", StoringVerdict.Stored)]
    [InlineData(200, "Cache-Control: no-cache=set-cookie, max-age=60|Set-Cookie: a=b", StoringVerdict.Stored)]
    [InlineData(200, "CDN-Cache-Control: max-age=60|Set-Cookie: a=b", StoringVerdict.Stored)]
    public void A_response_to_a_plain_request(int status, string response, StoringVerdict verdict) =>
        Judge(Fields.Request(""), response, status).ShouldBe(verdict);

    [Theory]
    [InlineData("Authorization: x", "Cache-Control: max-age=60", StoringVerdict.Authorization)]
    [InlineData("Authorization: x", "Cache-Control: max-age=60, public", StoringVerdict.Stored)]
    [InlineData("Authorization: x", "Cache-Control: max-age=60, must-revalidate", StoringVerdict.Stored)]
    [InlineData("Authorization: x", "Cache-Control: s-maxage=60", StoringVerdict.Stored)]
    [InlineData("Authorization: x", "Cache-Control: max-age=60, proxy-revalidate", StoringVerdict.Authorization)]
    [InlineData("Cache-Control: no-store", "Cache-Control: max-age=60", StoringVerdict.RequestNoStore)]
    [InlineData("Cookie: a=b", "Cache-Control: max-age=60", StoringVerdict.Stored)]
    [InlineData("Cookie: a=b", "Last-Modified: {-1000}", StoringVerdict.Cookie)]
    public void A_response_to_a_request_that_says_more(string request, string response, StoringVerdict verdict) =>
        Judge(Fields.Request(request), response).ShouldBe(verdict);

    [Theory]
    [InlineData("GET", StoringVerdict.Stored)]
    [InlineData("HEAD", StoringVerdict.Method)]
    [InlineData("POST", StoringVerdict.Method)]
    [InlineData("PUT", StoringVerdict.Method)]
    [InlineData("FROB", StoringVerdict.Method)]
    public void A_response_by_its_method(string method, StoringVerdict verdict) =>
        Judge(Fields.Request("", method), "Cache-Control: max-age=60").ShouldBe(verdict);

    [Theory]
    [InlineData(SetCookieRule.Refuse, "Cache-Control: public, max-age=60", StoringVerdict.SetCookie)]
    [InlineData(SetCookieRule.Strip, "Cache-Control: max-age=60", StoringVerdict.Stored)]
    [InlineData(SetCookieRule.Store, "Cache-Control: max-age=60", StoringVerdict.Stored)]
    public void Cookies_follow_the_operator(SetCookieRule rule, string response, StoringVerdict verdict) =>
        Judge(Fields.Request(""), response + "|Set-Cookie: a=b", 200, new CachePolicy { SetCookie = rule }).ShouldBe(verdict);

    [Fact]
    public void What_clients_ask_can_be_ignored() =>
        Judge(Fields.Request("Cache-Control: no-store"), "Cache-Control: max-age=60", 200, new CachePolicy { ObeysRequests = false })
            .ShouldBe(StoringVerdict.Stored);

    [Theory]
    [InlineData("A: 1|Connection: close|Keep-Alive: 5|Proxy-Authenticate: x", "A: 1")]
    [InlineData("Cache-Control: private=\"a, b\"|A: 1|B: 2|C: 3", "Cache-Control: private=\"a, b\"|C: 3")]
    [InlineData("Cache-Control: no-cache=a|A: 1|C: 3", "Cache-Control: no-cache=a|C: 3")]
    [InlineData("CDN-Cache-Control: private=\"a\"|A: 1|C: 3", "CDN-Cache-Control: private=\"a\"|C: 3")]
    [InlineData("Cache-Control: private=\"cache-control, date\"|Date: x", "Cache-Control: private=\"cache-control, date\"|Date: x")]
    public void What_may_not_be_stored_is_left_out(string response, string stored)
    {
        HeaderFields fields = Fields.OfText(response);
        StoredFields.Strip(fields, ResponseCacheControl.Read(fields, TargetedFields.Standard), new CachePolicy());
        fields.ToString().ShouldBe(Fields.OfText(stored).ToString());
    }

    private static StoringVerdict Judge(RequestHead request, string response, int status = 200, CachePolicy? policy = null)
    {
        ResponseHead head = Fields.Response(Fields.WithDates(response), status);
        ResponseCacheControl control = ResponseCacheControl.Read(head.Fields, TargetedFields.Standard);
        return StoringRules.Judge(request, RequestCacheControl.Read(request.Fields), head, control, policy ?? new CachePolicy());
    }
}
