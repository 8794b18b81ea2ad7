using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Pipeline.AccessLogging;

namespace Weir.Pipeline.Tests.AccessLogging;

/// <summary>Ended exchanges to be logged.</summary>
internal static class EndedExchange
{
    public static Exchange Of(string method, byte[] target, FixedLoop? loop = null)
    {
        Exchange exchange = new();
        IpAddress.TryParse("192.0.2.7", out IpAddress client).ShouldBeTrue();
        IpAddress.TryParse("192.0.2.1", out IpAddress local).ShouldBeTrue();
        exchange.Begin(new ConnectionInfo(1, client, 40000, local, 8080, false, ":8080"), null!, loop ?? new FixedLoop());
        exchange.SetRequestId("0123456789abcdef"u8);
        RequestHead request = exchange.Request;
        request.SetMethod(request.Fields.Store(Encoding.Latin1.GetBytes(method)));
        request.SetTarget(request.Fields.Store(target));
        request.Version = HttpVersion.Http11;
        ByteSlice host = request.Fields.Store("shop.example.com"u8);
        request.SetAuthority(host, host, 0);
        exchange.Timings.StartedNs = 5_000_000_000;
        exchange.Timings.HeadNs = 5_000_010_000;
        exchange.Timings.EndedNs = 5_000_312_400;
        exchange.Phase = Phase.Done;
        return exchange;
    }

    /// <summary>A plain request that an origin answered.</summary>
    public static Exchange Proxied(FixedLoop? loop = null)
    {
        Exchange exchange = Of("GET", "/cart/items?page=2"u8.ToArray(), loop);
        exchange.Request.Fields.Add(KnownField.UserAgent, "Mozilla/5.0 (X11; Linux x86_64)"u8);
        exchange.Request.Fields.Add(KnownField.Referer, "https://shop.example.com/"u8);
        exchange.Response.Status = 200;
        exchange.SentBodyOctets = 100;
        exchange.SiteName = "shop.example.com";
        exchange.RouteName = "/cart/*";
        exchange.UpstreamName = "app";
        exchange.ServerName = "10.0.0.11:8080";
        exchange.IsOriginReused = true;
        exchange.Timings.PickedNs = 5_000_015_000;
        exchange.Timings.ConnectedNs = 5_000_016_000;
        exchange.Timings.SentNs = 5_000_030_000;
        exchange.Timings.ResponseNs = 5_000_300_000;
        return exchange;
    }

    private static readonly byte[] _certificate = MakeCertificate();

    /// <summary>Puts it on a TLS connection for a host of that name.</summary>
    public static void Secure(Exchange exchange, string serverName) => exchange.Connection.Tls = new TlsDetails
    {
        Version = "TLSv1.3",
        Cipher = "TLS_AES_256_GCM_SHA384",
        ServerName = serverName,
        Protocol = "http/1.1",
        ClientCertificate = _certificate,
        Policy = new TlsPolicy("shop.example.com", "", "1", []),
        Policies = new TlsPolicies(),
    };

    public static string Line(AccessFormat format, Exchange exchange)
    {
        byte[] line = new byte[AccessFormat.MaxLineOctets];
        int length = format.Write(exchange, line);
        return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(line, 0, length);
    }

    private static byte[] MakeCertificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new(
            $"CN=client, O={new string('o', 60)}, OU={new string('u', 60)}, L={new string('l', 100)}", key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return certificate.RawData;
    }
}
