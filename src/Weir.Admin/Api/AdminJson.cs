using System.Text.Json.Serialization;
using Weir.Control;
using Weir.Hosting;

namespace Weir.Admin.Api;

/// <summary>How the API's records become JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WeirStatus))]
[JsonSerializable(typeof(UpstreamList))]
[JsonSerializable(typeof(SiteList))]
[JsonSerializable(typeof(RouteList))]
[JsonSerializable(typeof(ServerWish))]
[JsonSerializable(typeof(ServerAnswer))]
[JsonSerializable(typeof(ApiError))]
[JsonSerializable(typeof(ReloadReport))]
[JsonSerializable(typeof(CertificateEntries))]
[JsonSerializable(typeof(RenewalWish))]
[JsonSerializable(typeof(BanWish))]
[JsonSerializable(typeof(BanEntries))]
[JsonSerializable(typeof(BanChange))]
[JsonSerializable(typeof(RevocationWish))]
[JsonSerializable(typeof(AccountKeysAnswer))]
[JsonSerializable(typeof(CacheList))]
[JsonSerializable(typeof(PurgeOrder))]
[JsonSerializable(typeof(PurgeAnswer))]
public sealed partial class AdminJson : JsonSerializerContext;
