using Weir.Abstractions.Heads;

namespace Weir.Cache.Freshness;

/// <summary>Whether a shared cache may store a response (RFC 9111 section 3).</summary>
public static class StoringRules
{
    private const ResponseDirectives AllowsAuthorization =
        ResponseDirectives.Public | ResponseDirectives.MustRevalidate;

    /// <summary>Judges a final response to a request.</summary>
    public static StoringVerdict Judge(
        RequestHead request, in RequestCacheControl asked, ResponseHead response, in ResponseCacheControl control, CachePolicy policy)
    {
        if (request.Method is not (RequestMethod.Get or RequestMethod.Query))
        {
            return StoringVerdict.Method;
        }

        if (policy.ObeysRequests && asked.NoStore)
        {
            return StoringVerdict.RequestNoStore;
        }

        return JudgeStatus(response.Status, control) is var status and not StoringVerdict.Stored
            ? status
            : JudgeSharing(request, response, control, policy);
    }

    private static StoringVerdict JudgeStatus(int status, in ResponseCacheControl control)
    {
        if (status is 206 or 304 || status < 200)
        {
            return StoringVerdict.Partial;
        }

        // RFC 9111 section 5.2.2.3: must-understand overrides no-store where the status is understood, and forbids storing where not.
        bool mustUnderstand = control.Has(ResponseDirectives.MustUnderstand);
        if (mustUnderstand && !StatusRules.IsUnderstood(status))
        {
            return StoringVerdict.NotUnderstood;
        }

        return control.Has(ResponseDirectives.NoStore) && !mustUnderstand ? StoringVerdict.NoStore : StoringVerdict.Stored;
    }

    private static StoringVerdict JudgeSharing(
        RequestHead request, ResponseHead response, in ResponseCacheControl control, CachePolicy policy)
    {
        if (control.Has(ResponseDirectives.Private))
        {
            return StoringVerdict.Private;
        }

        // RFC 9111 section 3.5.
        bool isForAll = control.Has(AllowsAuthorization) || control.SharedMaxAgeSeconds >= 0;
        if (request.Fields.Has(KnownField.Authorization) && !isForAll)
        {
            return StoringVerdict.Authorization;
        }

        if (response.Fields.Has(KnownField.SetCookie) && !MayStoreCookies(response.Fields, control, policy))
        {
            return StoringVerdict.SetCookie;
        }

        if (VaryRules.IsAny(response.Fields))
        {
            return StoringVerdict.VaryAny;
        }

        bool isExplicit = Lifetime.IsExplicit(response.Fields, control);
        if (isExplicit || control.Has(ResponseDirectives.Public))
        {
            return StoringVerdict.Stored;
        }

        if (!StatusRules.IsHeuristicallyCacheable(response.Status) && !policy.StatusSeconds.ContainsKey(response.Status))
        {
            return StoringVerdict.Status;
        }

        // A page for one user often says nothing to caches: what nobody meant to be shared is not, where a cookie told users apart.
        return request.Fields.Has(KnownField.Cookie) ? StoringVerdict.Cookie : StoringVerdict.Stored;
    }

    private static bool MayStoreCookies(HeaderFields fields, in ResponseCacheControl control, CachePolicy policy) => policy.SetCookie switch
    {
        SetCookieRule.Store or SetCookieRule.Strip => true,
        SetCookieRule.Refuse => false,
        _ => control.Has(ResponseDirectives.Public | ResponseDirectives.IsTargeted) || control.SharedMaxAgeSeconds >= 0
            || (control.Has(ResponseDirectives.HasFieldNames) && StoredFields.IsNamed(fields, "Set-Cookie"u8, policy)),
    };
}
