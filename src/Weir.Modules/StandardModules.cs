using Weir.Abstractions.Modules;
using Weir.Modules.Access;
using Weir.Modules.AuthBasic;
using Weir.Modules.AuthCert;
using Weir.Modules.AuthForward;
using Weir.Modules.AuthJwt;
using Weir.Modules.AuthKey;
using Weir.Modules.AuthOidc;
using Weir.Modules.Bandwidth;
using Weir.Modules.BodyLimit;
using Weir.Modules.Cache;
using Weir.Modules.Challenge;
using Weir.Modules.Cloak;
using Weir.Modules.Compress;
using Weir.Modules.Concurrency;
using Weir.Modules.Cors;
using Weir.Modules.Csrf;
using Weir.Modules.Decompress;
using Weir.Modules.Filter;
using Weir.Modules.Headers;
using Weir.Modules.Maintenance;
using Weir.Modules.Mirror;
using Weir.Modules.RateLimit;
using Weir.Modules.Redirect;
using Weir.Modules.Respond;
using Weir.Modules.Rewrite;
using Weir.Modules.SecurityHeaders;

namespace Weir.Modules;

/// <summary>The registry: every module that Weir brings along, by the name that a user writes in a stack.</summary>
public sealed class StandardModules : IModuleCatalog
{
    private readonly Dictionary<string, IModuleFactory> _byName;

    /// <summary>The standard modules, and whatever an embedder adds.</summary>
    /// <exception cref="ArgumentException">Two factories have one name.</exception>
    public StandardModules(params IReadOnlyList<IModuleFactory> more)
    {
        // A new module is one line here; the order is that of the reference pages.
        All =
        [
            new HeadersFactory(),
            new RewriteFactory(),
            new RedirectFactory(),
            new RespondFactory(),
            new AccessFactory(),
            new FilterFactory(),
            new RateLimitFactory(),
            new ChallengeFactory(),
            new ConcurrencyFactory(),
            new BandwidthFactory(),
            new AuthBasicFactory(),
            new AuthKeyFactory(),
            new AuthJwtFactory(),
            new AuthOidcFactory(),
            new AuthCertFactory(),
            new AuthForwardFactory(),
            new MaintenanceFactory(),
            new MirrorFactory(),
            new CacheFactory(),
            new CorsFactory(),
            new CsrfFactory(),
            new SecurityHeadersFactory(),
            new CloakFactory(),
            new BodyLimitFactory(),
            new CompressFactory(),
            new DecompressFactory(),
            .. more,
        ];
        _byName = All.ToDictionary(factory => factory.Name, StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public IReadOnlyList<IModuleFactory> All { get; }

    /// <inheritdoc/>
    public IModuleFactory? Find(string name) => _byName.GetValueOrDefault(name);
}
