using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;
using Weir.Modules.Access;
using Weir.Modules.Tests.Testing;

namespace Weir.Modules.Tests.Access;

public sealed class GeoTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-geo-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(24, 6)]
    [InlineData(28, 6)]
    [InlineData(32, 6)]
    [InlineData(24, 4)]
    [InlineData(28, 4)]
    public void Every_width_of_records_is_read(int recordBits, int version)
    {
        GeoWriter writer = new GeoWriter(recordBits, version).Add("192.0.2.0/24", "DE", 64500).Add("198.51.100.0/25", null, 0, "FR").Add("203.0.113.7", "US");
        if (version == 6)
        {
            writer.Add("2001:db8::/32", "AT", 4_200_000_000);
        }

        GeoTable table = GeoFile.Parse(writer.Write(), out string mistake).ShouldNotBeNull(mistake);
        Say(table, "192.0.2.9").ShouldBe("DE 64500");
        Say(table, "192.0.3.9").ShouldBe("nowhere 0");
        Say(table, "198.51.100.1").ShouldBe("FR 0");
        Say(table, "198.51.100.129").ShouldBe("nowhere 0");
        Say(table, "203.0.113.7").ShouldBe("US 0");
        Say(table, "2001:db8:1::1").ShouldBe(version == 6 ? "AT 4200000000" : "nowhere 0");
    }

    [Fact]
    public void Whatever_is_cut_or_changed_is_refused_or_read()
    {
        byte[] file = new GeoWriter(28).Add("192.0.2.0/24", "DE", 64500).Add("2001:db8::/32", "AT").Write();
        for (int length = 0; length < file.Length; length++)
        {
            (GeoFile.Parse(file[..length], out string mistake) is null).ShouldBe(mistake.Length > 0);
        }

        int seed = Random.Shared.Next();
        Random random = new(seed);
        int refused = 0;
        for (int i = 0; i < 4000; i++)
        {
            byte[] changed = [.. file];
            for (int n = random.Next(1, 4); n > 0; n--)
            {
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            }

            if (GeoFile.Parse(changed, out _) is { } table)
            {
                Say(table, "192.0.2.9").ShouldNotBeNull($"seed {seed}");
            }
            else
            {
                refused++;
            }
        }

        refused.ShouldBeGreaterThan(100, $"seed {seed}");
    }

    [Theory]
    [InlineData("192.0.2.9", true)]
    [InlineData("198.51.100.1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("203.0.113.7", true)]
    public void Countries_decide_where_no_range_does(string client, bool isAllowed)
    {
        AccessOptions options = new() { Allow = [Range("203.0.113.7")], GeoFile = Database(), AllowCountries = ["de"], DenyCountries = ["FR"] };
        using AccessModule module = Make(options);
        Run(module, client).ShouldBe(isAllowed ? Verdict.Continue : Verdict.Answered);
    }

    [Fact]
    public void Networks_and_fingerprints_decide()
    {
        using AccessModule module = Make(new AccessOptions
        {
            AsnFile = Database(),
            DenyAsns = [64500],
            DenyJa4 = ["t13d1516h2_8daaf6152771_e5627efa2ab1"],
        });
        Run(module, "192.0.2.9").ShouldBe(Verdict.Answered);
        Run(module, "198.51.100.1").ShouldBe(Verdict.Continue);
        Run(module, "198.51.100.1", "t13d1516h2_8daaf6152771_e5627efa2ab1").ShouldBe(Verdict.Answered);
        TlsFingerprints.AreWanted.ShouldBeTrue();
        ConnectionInfo connection = new(1, TestExchange.Address("192.0.2.9"), 1, default, 443, true, ":443");
        module.OnConnected(connection).ShouldBe(Verdict.Continue);
        module.OnClientHello(new ClientHello(connection, default)).ShouldBe(Verdict.Abort);
    }

    [Fact]
    public void Expressions_decide_first_and_last()
    {
        using AccessModule module = Make(new AccessOptions
        {
            Allow = [Range("192.0.2.0/24")],
            DenyWhen = "request.method == \"DELETE\"",
            AllowWhen = "request.headers[\"x-team\"] == \"ops\"",
        });
        Run(module, "192.0.2.9").ShouldBe(Verdict.Continue);
        Run(module, "192.0.2.9", null, "DELETE /").ShouldBe(Verdict.Answered);
        Run(module, "198.51.100.1").ShouldBe(Verdict.Answered);
        Run(module, "198.51.100.1", null, "GET /", "X-Team: ops").ShouldBe(Verdict.Continue);
    }

    [Fact]
    public void A_changed_database_is_in_force_once_it_has_come_to_rest_and_a_broken_one_never()
    {
        string path = Path.Combine(_folder.FullName, "geo.mmdb");
        Write(path, new GeoWriter(24).Add("192.0.2.0/24", "DE").Write(), 1);
        HeardLog log = new();
        WatchedGeo geo = new("geo.mmdb", path, log, out string mistake);
        mistake.ShouldBeEmpty();
        Write(path, new GeoWriter(24).Add("192.0.2.0/24", "FR").Write(), 2);
        geo.Poll();
        GeoPlace.Letters(geo.Find(TestExchange.Address("192.0.2.1")).Country).ShouldBe("DE");
        geo.Poll();
        GeoPlace.Letters(geo.Find(TestExchange.Address("192.0.2.1")).Country).ShouldBe("FR");
        Write(path, [1, 2, 3], 3);
        geo.Poll();
        geo.Poll();
        GeoPlace.Letters(geo.Find(TestExchange.Address("192.0.2.1")).Country).ShouldBe("FR");
        log.Warnings.ShouldHaveSingleItem().ShouldContain("The one from before stays in force");
        geo.Poll();
        log.Warnings.Count.ShouldBe(1);
    }

    [Fact]
    public void A_request_that_is_looked_up_allocates_nothing()
    {
        using AccessModule module = Make(
            new AccessOptions { GeoFile = Database(), AllowCountries = ["DE"], DenyWhen = "request.path.startsWith(\"/x\")" });
        TestExchange exchange = new();
        Allocation.Of(() => _ = module.OnRequestAsync(exchange.Exchange).Result).ShouldBe(0);
    }

    private string Database()
    {
        byte[] file = new GeoWriter(28).Add("192.0.2.0/24", "DE", 64500).Add("198.51.100.0/24", "FR").Write();
        File.WriteAllBytes(Path.Combine(_folder.FullName, "test.mmdb"), file);
        return "test.mmdb";
    }

    private static void Write(string path, byte[] content, int day)
    {
        File.WriteAllBytes(path, content);
        File.SetLastWriteTimeUtc(path, new DateTime(2026, 1, day, 0, 0, 0, DateTimeKind.Utc));
    }

    private AccessModule Make(AccessOptions options) =>
        new TestBuilder(folder: _folder.FullName).Make(new AccessFactory(), options).ShouldBeOfType<AccessModule>();

    private static Verdict Run(AccessModule module, string client, string? ja4 = null, string line = "GET /", params string[] fields)
    {
        TestExchange exchange = new(line, fields);
        exchange.Exchange.ClientAddress = TestExchange.Address(client);
        exchange.Exchange.Connection.TlsFingerprint = ja4;
        return exchange.RunRequest(module);
    }

    private static IpPrefix Range(string text)
    {
        IpPrefix.TryParse(text, out IpPrefix range).ShouldBeTrue();
        return range;
    }

    private static string Say(GeoTable table, string address)
    {
        GeoPlace place = table.Find(TestExchange.Address(address));
        return $"{GeoPlace.Letters(place.Country)} {place.Asn}";
    }
}
