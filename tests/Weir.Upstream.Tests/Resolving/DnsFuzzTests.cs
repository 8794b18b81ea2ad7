using System.Diagnostics;
using System.Globalization;
using System.Text;
using Weir.Upstream.Resolving;

namespace Weir.Upstream.Tests.Resolving;

/// <summary>Mutates real messages. Two seconds in each run; WEIR_FUZZ_SECONDS for longer ones, WEIR_FUZZ_SEED to repeat one.</summary>
public sealed class DnsFuzzTests
{
    private static readonly string _corpus = Path.Combine(AppContext.BaseDirectory, "Resolving", "Corpus");

    private readonly ITestOutputHelper _output;

    public DnsFuzzTests(ITestOutputHelper output) => _output = output;

    [Fact]
    public void Every_message_of_the_corpus_is_read()
    {
        string[] files = Directory.GetFiles(_corpus, "*.bin");
        files.Length.ShouldBeGreaterThan(10);
        foreach (string file in files)
        {
            byte[] octets = File.ReadAllBytes(file);
            (ushort id, DnsQuestion question) = QuestionOf(octets);
            DnsMessage.TryRead(octets, id, question, out _).ShouldBe(DnsDefect.None, file);
        }
    }

    [Fact]
    public void No_mutation_of_a_real_message_breaks_the_reader()
    {
        (int seed, Stopwatch clock, TimeSpan budget) = Start();
        Random random = new(seed);
        byte[][] corpus = [.. Directory.GetFiles(_corpus, "*.bin").Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];
        long accepted = 0;
        long rejected = 0;
        while (clock.Elapsed < budget)
        {
            byte[] original = corpus[random.Next(corpus.Length)];
            (ushort id, DnsQuestion question) = QuestionOf(original);
            byte[] mutated = Mutate(original, corpus, random);
            DnsDefect defect = DnsMessage.TryRead(mutated, id, question, out DnsMessage? message);
            if (defect != DnsDefect.None)
            {
                message.ShouldBeNull();
                rejected++;
                continue;
            }

            accepted++;
            DnsMessage read = message.ShouldNotBeNull();
            (read.Answers.Count + read.Authorities.Count).ShouldBeLessThanOrEqualTo(mutated.Length / 11);
            DnsAlias alias = DnsAlias.Follow(read.Answers, question, DnsAlias.MaxHops);
            alias.Hops.ShouldBeLessThanOrEqualTo(DnsAlias.MaxHops + 1);
            DnsAnswer answer = new(DnsOutcome.Found, alias.Records, DnsTtl.Clamp(alias.TtlSeconds), "");
            if (alias.Records.Count > 0)
            {
                FamilyAnswer.From(answer).Addresses.Count.ShouldBeLessThanOrEqualTo(alias.Records.Count);
            }
        }

        _output.WriteLine($"accepted {accepted}, rejected {rejected}");
        accepted.ShouldBePositive($"seed {seed}");
        rejected.ShouldBePositive($"seed {seed}");
    }

    [Fact]
    public void No_text_breaks_the_readers_of_resolv_conf_and_hosts()
    {
        (int seed, Stopwatch clock, TimeSpan budget) = Start();
        Random random = new(seed);
        byte[][] corpus =
        [
            Encoding.UTF8.GetBytes("nameserver 192.0.2.1\nnameserver fe80::1%1\nsearch a.test b.test\noptions ndots:3 attempts:1 rotate\n"),
            Encoding.UTF8.GetBytes("127.0.0.1 localhost\n::1 localhost ip6-loopback\n192.0.2.1\tapp.test app # x\n"),
        ];
        int rounds = 0;
        for (; clock.Elapsed < budget / 4; rounds++)
        {
            string text = Encoding.Latin1.GetString(Mutate(corpus[random.Next(2)], corpus, random));
            ResolvConf conf = ResolvConf.Parse(text);
            conf.Servers.Count.ShouldBeInRange(1, 3, $"seed {seed}");
            conf.Search.ShouldAllBe(domain => domain.Length <= DnsName.MaxLength);
            conf.Attempts.ShouldBeInRange(1, 5, $"seed {seed}");
            HostsFile.Parse(text).Count.ShouldBeLessThanOrEqualTo(text.Length, $"seed {seed}");
        }

        rounds.ShouldBePositive();
    }

    private (int Seed, Stopwatch Clock, TimeSpan Budget) Start()
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("WEIR_FUZZ_SEED"), CultureInfo.InvariantCulture, out int given)
            ? given
            : Random.Shared.Next();
        string? wanted = Environment.GetEnvironmentVariable("WEIR_FUZZ_SECONDS");
        bool isLong = double.TryParse(wanted, CultureInfo.InvariantCulture, out double seconds);
        _output.WriteLine($"seed {seed}");
        return (seed, Stopwatch.StartNew(), TimeSpan.FromSeconds(isLong ? seconds : 2));
    }

    private static (ushort Id, DnsQuestion Question) QuestionOf(byte[] octets)
    {
        DnsTestQuery query = DnsTestQuery.Read(octets, isTcp: false, new System.Net.IPEndPoint(0, 0));
        return (query.Id, new DnsQuestion(query.Name, (DnsType)query.Type));
    }

    private static byte[] Mutate(byte[] original, byte[][] corpus, Random random)
    {
        List<byte> octets = [.. original];
        int rounds = random.Next(1, 6);
        for (int i = 0; i < rounds && octets.Count > 0; i++)
        {
            int at = random.Next(octets.Count);
            switch (random.Next(8))
            {
                case 0:
                    octets[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    octets[at] = (byte)random.Next(256);
                    break;
                case 2:
                    octets[at] = random.Next(4) switch { 0 => 0, 1 => 0xFF, 2 => 0xC0, _ => 0x3F };
                    break;
                case 3:
                    octets.RemoveRange(at, random.Next(1, Math.Min(16, octets.Count - at + 1)));
                    break;
                case 4:
                    octets.InsertRange(at, octets.GetRange(at, random.Next(1, Math.Min(32, octets.Count - at + 1))));
                    break;
                case 5:
                    octets.RemoveRange(at, octets.Count - at);
                    break;
                case 6:
                    byte[] other = corpus[random.Next(corpus.Length)];
                    int from = random.Next(other.Length);
                    octets.InsertRange(at, other.AsSpan(from, random.Next(Math.Min(64, other.Length - from))).ToArray());
                    break;
                default:
                    // A pointer to somewhere in the message, where compression is most likely to be.
                    int target = random.Next(octets.Count);
                    octets[at] = (byte)(0xC0 | (target >> 8 & 0x3F));
                    octets[Math.Min(at + 1, octets.Count - 1)] = (byte)target;
                    break;
            }
        }

        return [.. octets];
    }
}
