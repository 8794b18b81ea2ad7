using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Net.Connections;
using Weir.Net.Tests.Testing;
using Weir.Net.Tls;

namespace Weir.Net.Tests.Tls;

public sealed class HandshakeTests : IDisposable
{
    private const int SetMaxVersion = 124;
    private const int Tls12 = 0x0303;
    private const ulong NoRenegotiation = 1UL << 30;

    private readonly TestLoop _test = new();
    private readonly TlsTicketKeys _tickets = new();
    private readonly TestCertificate _certificate = TestCertificate.Ecdsa("a.test");
    private readonly TlsContext _server;
    private readonly TlsClientContext _client;

    public HandshakeTests()
    {
        _server = TlsContext.ForServer(_certificate.Options(), _tickets, out _).ShouldNotBeNull();
        _client = NewClient();
    }

    public void Dispose()
    {
        _server.Dispose();
        _client.Dispose();
        _test.Dispose();
    }

    [Fact]
    public void Both_sides_agree_and_octets_pass_both_ways()
    {
        using TlsPair pair = new(_test, _server, _client);
        pair.ShakeHands().ShouldBe((ReadStatus.Data, ReadStatus.Data));
        TlsFacts facts = pair.Server.Tls!.Facts;
        facts.Version.ShouldBe("TLSv1.3");
        facts.Cipher.ShouldBe("TLS_AES_128_GCM_SHA256");
        facts.Protocol.ShouldBe(AlpnProtocols.Http1);
        facts.IsResumed.ShouldBeFalse();

        Say(pair, pair.Client, pair.Server, "ping").ShouldBe("ping");
        Say(pair, pair.Server, pair.Client, "pong").ShouldBe("pong");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16_384)]
    [InlineData(65_024)]
    [InlineData(1_000_003)]
    public void Content_of_any_length_arrives_as_it_was(int length)
    {
        using TlsPair pair = new(_test, _server, _client);
        pair.ShakeHands();
        PinnedOctets content = PinnedOctets.Pattern(length);
        PinnedOctets head = new("head"u8);
        head.Octets.CopyTo(pair.Server.OutputSpace(4));
        pair.Server.CommitOutput(4);
        Task<WriteStatus> writing = pair.Server.WriteAsync(content.Slice, head.Slice, Connection.NoTimeout).AsTask();
        byte[] got = ReadAll(pair, pair.Client, length + 8);
        _test.Result(new ValueTask<WriteStatus>(writing)).ShouldBe(WriteStatus.Done);
        got.AsSpan(4, length).SequenceEqual(content.Octets).ShouldBeTrue("The content changed on its way.");
        Encoding.ASCII.GetString(got[^4..]).ShouldBe("head");
    }

    [Fact]
    public void A_slow_reader_gets_everything_octet_by_octet()
    {
        using TlsPair pair = new(_test, _server, _client);
        pair.ShakeHands();
        pair.Server.MaxSend = 1;
        pair.Server.OpenWindow(100);
        PinnedOctets content = PinnedOctets.Pattern(20_000);
        Task<WriteStatus> writing = pair.Server.WriteAsync(content.Slice, default, Connection.NoTimeout).AsTask();
        _test.Turn();
        writing.IsCompleted.ShouldBeFalse("Octets that the transport has not taken are not sent.");
        pair.Server.OpenWindow(int.MaxValue);
        ReadAll(pair, pair.Client, content.Octets.Length).ShouldBe(content.Octets);
        _test.Result(new ValueTask<WriteStatus>(writing)).ShouldBe(WriteStatus.Done);
    }

    [Theory]
    [InlineData(0, 65_536, 1)]
    [InlineData(300, 65_236, 1)]
    [InlineData(7, 16_000, 1)]
    [InlineData(0, 131_072, 2)]
    public void As_much_as_a_buffer_holds_leaves_in_one_send(int head, int length, int sends)
    {
        using TlsPair pair = new(_test, _server, _client);
        pair.ShakeHands();
        pair.Carry();
        pair.Server.OutputSpace(Math.Max(head, 1))[..head].Clear();
        pair.Server.CommitOutput(head);
        PinnedOctets content = PinnedOctets.Pattern(length);
        int before = pair.Server.CallCount;
        _test.Result(pair.Server.WriteAsync(content.Slice, default, Connection.NoTimeout)).ShouldBe(WriteStatus.Done);
        (pair.Server.CallCount - before).ShouldBe(sends);
        ReadAll(pair, pair.Client, head + length).AsSpan(head).SequenceEqual(content.Octets).ShouldBeTrue(
            "The content changed on its way.");
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(65_000, 300)]
    [InlineData(66_000, 0)]
    public void What_the_kernel_does_not_take_is_kept_whole(int window, int head)
    {
        using TlsPair pair = new(_test, _server, _client);
        pair.ShakeHands();
        pair.Carry();
        pair.Server.OpenWindow(window);
        pair.Server.OutputSpace(Math.Max(head, 1))[..head].Clear();
        pair.Server.CommitOutput(head);
        PinnedOctets content = PinnedOctets.Pattern(500_000);
        Task<WriteStatus> writing = pair.Server.WriteAsync(content.Slice, default, Connection.NoTimeout).AsTask();
        _test.Turn();
        writing.IsCompleted.ShouldBeFalse();
        for (int i = 0; i < 20; i++)
        {
            pair.Server.OpenWindow(i * 777);
            _test.Turn();
        }

        pair.Server.OpenWindow(int.MaxValue);
        ReadAll(pair, pair.Client, head + content.Octets.Length).AsSpan(head).SequenceEqual(content.Octets).ShouldBeTrue();
        _test.Result(new ValueTask<WriteStatus>(writing)).ShouldBe(WriteStatus.Done);
    }

    [Fact]
    public void A_peer_that_only_changes_keys_is_ended()
    {
        using TlsPair pair = new(_test, _server, _client);
        pair.ShakeHands();
        pair.Carry();
        for (int i = 0; i < 12_000; i++)
        {
            SSL_key_update(pair.Client.Tls!.Handle, 0).ShouldBe(1);
            pair.Client.Tls.Handshake().ShouldBe(TlsStep.Done);
        }

        Task<ReadStatus> reading = pair.Server.ReadAsync(Connection.NoTimeout).AsTask();
        pair.Carry();
        reading.IsCompleted.ShouldBeTrue();
        reading.Result.ShouldBe(ReadStatus.Reset);
        pair.Server.Tls!.Failure.ShouldBe(TlsFailure.Protocol);
    }

    [Fact]
    public void Renegotiation_is_refused()
    {
        using TlsPair pair = new(_test, _server, _client);
        pair.Prepare = ssl => SSL_ctrl(ssl, SetMaxVersion, Tls12, 0).ShouldBe(1);
        pair.ShakeHands().ShouldBe((ReadStatus.Data, ReadStatus.Data));
        pair.Server.Tls!.Facts.Version.ShouldBe("TLSv1.2");
        nint ssl = pair.Client.Tls!.Handle;
        SSL_clear_options(ssl, NoRenegotiation);
        SSL_renegotiate(ssl).ShouldBe(1);
        int before = pair.Server.Sent.Length;
        pair.Client.Tls.Handshake().ShouldBe(TlsStep.Pending);
        pair.Carry();
        pair.Server.TryRead().ShouldBe(ReadStatus.Pending, "It goes on with what was agreed on.");
        (pair.Server.Sent.Length - before).ShouldBeInRange(1, 64, "An alert, and no ServerHello.");
    }

    [Fact]
    public void The_hybrid_group_is_preferred_where_openssl_has_it()
    {
        Version version = Version.Parse(OpenSsl.Version.Split(' ')[1]);
        _server.HasHybridGroup.ShouldBe(version >= new Version(3, 5));
    }

    [Fact]
    public void Key_updates_now_and_then_are_followed_and_answered()
    {
        using TlsPair pair = new(_test, _server, _client);
        pair.ShakeHands();
        for (int i = 0; i < 5; i++)
        {
            SSL_key_update(pair.Client.Tls!.Handle, 1).ShouldBe(1);
            Say(pair, pair.Client, pair.Server, "ping").ShouldBe("ping");
            Say(pair, pair.Server, pair.Client, "pong").ShouldBe("pong");
        }
    }

    [Fact]
    public void A_session_is_resumed_and_so_it_is_after_the_keys_rotated()
    {
        ShakeAndTalk().ShouldBeFalse();
        ShakeAndTalk().ShouldBeTrue("The second handshake resumes the first.");
        _tickets.Rotate();
        ShakeAndTalk().ShouldBeTrue("A ticket outlives a rotation.");
        for (int i = 0; i < 3; i++)
        {
            _tickets.Rotate();
        }

        ShakeAndTalk().ShouldBeFalse("A key that is gone opens nothing.");
    }

    [Fact]
    public void Processes_that_share_keys_resume_each_others_sessions()
    {
        byte[] keys = System.Security.Cryptography.RandomNumberGenerator.GetBytes(TlsTicketKeys.KeyOctets);
        TlsTicketKeys other = new();
        _tickets.Import(keys).ShouldBeTrue();
        other.Import(keys).ShouldBeTrue();
        other.Import(keys.AsSpan(1)).ShouldBeFalse();
        ShakeAndTalk().ShouldBeFalse();
        using TlsContext elsewhere = TlsContext.ForServer(_certificate.Options(), other, out _).ShouldNotBeNull();
        ShakeAndTalk(elsewhere).ShouldBeTrue();
    }

    [Fact]
    public void A_session_is_not_resumed_under_another_policy_for_client_certificates()
    {
        ShakeAndTalk().ShouldBeFalse();
        TlsServerOptions strict = _certificate.Options() with { Policy = new TlsPolicy("test", "optional x", "", []) };
        using TlsContext other = TlsContext.ForServer(strict, _tickets, out _).ShouldNotBeNull();
        ShakeAndTalk(other).ShouldBeFalse();
    }

    [Fact]
    public void Rsa_and_ecdsa_serve_from_one_context()
    {
        TestCertificate rsa = TestCertificate.Rsa("a.test");
        using TlsContext both = TlsContext.ForServer(rsa.Options(_certificate.Load()), _tickets, out _).ShouldNotBeNull();
        using TlsClientContext insecure = TlsClientContext.Create(new TlsClientOptions { ServerName = "a.test", IsInsecure = true }, out _).ShouldNotBeNull();
        using TlsPair pair = new(_test, both, insecure);
        pair.ShakeHands().ShouldBe((ReadStatus.Data, ReadStatus.Data));
    }

    [Fact]
    public void A_name_that_the_certificate_does_not_have_is_refused()
    {
        using TlsClientContext other = NewClient("b.test");
        using TlsPair pair = new(_test, _server, other);
        pair.ShakeHands().ShouldBe((ReadStatus.Reset, ReadStatus.Reset));
        pair.Client.Tls!.Failure.ShouldBe(TlsFailure.CertificateRefused);
        pair.Server.Tls!.Failure.ShouldBe(TlsFailure.PeerAlert);
    }

    [Fact]
    public void A_certificate_of_nobody_we_trust_is_refused()
    {
        using TlsClientContext distrusting = TlsClientContext.Create(new TlsClientOptions { ServerName = "a.test" }, out _).ShouldNotBeNull();
        using TlsPair pair = new(_test, _server, distrusting);
        pair.ShakeHands().ShouldBe((ReadStatus.Reset, ReadStatus.Reset));
        pair.Client.Tls!.Failure.ShouldBe(TlsFailure.CertificateRefused);
    }

    [Theory]
    [InlineData(true, true, false)]
    [InlineData(true, false, true)]
    [InlineData(false, false, false)]
    [InlineData(false, true, false)]
    public void A_client_certificate_is_asked_for_as_the_policy_says(bool isRequired, bool isShown, bool isRefused)
    {
        TestCertificate authority = TestCertificate.Ecdsa("authority.test");
        TestCertificate mine = TestCertificate.Ecdsa("client.test", authority);
        TlsServerOptions options = _certificate.Options() with
        {
            Policy = new TlsPolicy("test", "asks", "", []),
            ClientAuthorities = authority.Pem,
            RequiresClientCertificate = isRequired,
        };
        using TlsContext server = TlsContext.ForServer(options, _tickets, out _).ShouldNotBeNull();
        using TlsClientContext client = NewClient(certificate: isShown ? mine.Load() : null);
        using TlsPair pair = new(_test, server, client);
        pair.ShakeHands().Server.ShouldBe(isRefused ? ReadStatus.Reset : ReadStatus.Data);
        if (isRefused)
        {
            pair.Server.Tls!.Failure.ShouldBe(TlsFailure.CertificateMissing);
            return;
        }

        pair.Server.Tls!.Facts.TakePeerCertificate().ShouldBe(isShown ? mine.Der : null);
    }

    [Fact]
    public void A_client_certificate_of_a_foreign_authority_is_refused()
    {
        TestCertificate foreign = TestCertificate.Ecdsa("client.test", TestCertificate.Ecdsa("foreign.test"));
        TlsServerOptions options = _certificate.Options() with { ClientAuthorities = TestCertificate.Ecdsa("ours.test").Pem };
        using TlsContext server = TlsContext.ForServer(options, _tickets, out _).ShouldNotBeNull();
        using TlsClientContext client = NewClient(certificate: foreign.Load());
        using TlsPair pair = new(_test, server, client);
        pair.ShakeHands().Server.ShouldBe(ReadStatus.Reset);
        pair.Server.Tls!.Failure.ShouldBe(TlsFailure.CertificateRefused);
    }

    [Fact]
    public void No_protocol_in_common_is_refused()
    {
        using TlsPair pair = new(_test, _server, _client, AlpnProtocols.Http2);
        pair.ShakeHands().Server.ShouldBe(ReadStatus.Reset);
        pair.Server.Tls!.Failure.ShouldBe(TlsFailure.ApplicationProtocol);
    }

    [Fact]
    public void A_handshake_cut_at_any_octet_ends_on_both_sides_and_leaks_nothing()
    {
        int whole;
        using (TlsPair pair = new(_test, _server, _client))
        {
            pair.ShakeHands().ShouldBe((ReadStatus.Data, ReadStatus.Data));
            whole = pair.Carried;
        }

        // Each in a context of its own, so that none resumes.
        for (int cut = 0; cut < whole; cut++)
        {
            using TlsClientContext client = NewClient();
            using TlsPair pair = new(_test, _server, client) { MostCarried = cut };
            (ReadStatus ofClient, ReadStatus ofServer) = pair.ShakeHands();
            (ofClient == ReadStatus.Reset || ofServer == ReadStatus.Reset || cut > whole - 600).ShouldBeTrue($"Cut at {cut} of {whole}.");
        }

        _test.Observer.Failures.ShouldBeEmpty();
    }

    [Fact]
    public void Rubbish_in_place_of_a_handshake_fails_it()
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        for (int i = 0; i < 200; i++)
        {
            using TlsClientContext client = NewClient();
            using TlsPair pair = new(_test, _server, client);
            byte[] rubbish = new byte[random.Next(1, 400)];
            random.NextBytes(rubbish);
            Task<ReadStatus> reading = pair.Server.ReadAsync(Connection.NoTimeout).AsTask();
            pair.Server.PeerSend(rubbish);
            pair.Server.PeerEnd();
            _test.Turn();
            reading.IsCompleted.ShouldBeTrue($"seed {seed}, number {i}");
            reading.Result.ShouldBe(ReadStatus.Reset, $"seed {seed}, number {i}");
        }

        _test.Observer.Failures.ShouldBeEmpty();
    }

    [Fact]
    public void The_end_is_announced_and_an_end_without_announcement_is_told_apart()
    {
        using TlsPair pair = new(_test, _server, _client);
        pair.ShakeHands();
        pair.Server.ShutdownWrite();
        pair.Carry();
        pair.Client.PeerEnd();
        _test.Read(pair.Client).ShouldBe(ReadStatus.End);
        pair.Client.IsEndTruncated.ShouldBeFalse();

        using TlsPair other = new(_test, _server, _client);
        other.ShakeHands();
        other.Client.PeerEnd();
        _test.Read(other.Client).ShouldBe(ReadStatus.End);
        other.Client.IsEndTruncated.ShouldBeTrue();
    }

    [Fact]
    public void One_direction_may_end_while_the_other_goes_on()
    {
        using TlsPair pair = new(_test, _server, _client);
        pair.ShakeHands();
        pair.Client.ShutdownWrite();
        pair.Carry();
        _test.Read(pair.Server).ShouldBe(ReadStatus.End);
        Say(pair, pair.Server, pair.Client, "still here").ShouldBe("still here");
    }

    [Fact]
    public void Tickets_that_come_to_an_idle_client_are_no_unasked_input()
    {
        using TlsPair pair = new(_test, _server, _client);
        RecordingConnectionObserver observer = new();
        pair.Client.Observer = observer;
        pair.ShakeHands();
        pair.Carry();
        observer.Unasked.ShouldBe(0);
        pair.Client.IsKnownOpen().ShouldBeTrue();
        PinnedOctets word = new("unasked"u8);
        _test.Result(pair.Server.WriteAsync(word.Slice, default, Connection.NoTimeout)).ShouldBe(WriteStatus.Done);
        pair.Carry();
        observer.Unasked.ShouldBe(1);
        pair.Client.IsKnownOpen().ShouldBeFalse();
    }

    [Fact]
    public void A_record_that_was_changed_on_its_way_ends_the_session()
    {
        using TlsPair pair = new(_test, _server, _client);
        pair.ShakeHands();
        pair.Server.PeerSend([23, 3, 3, 0, 30, .. new byte[30]]);
        _test.Read(pair.Server).ShouldBe(ReadStatus.Reset);
        pair.Server.Tls!.Failure.ShouldBe(TlsFailure.Protocol);
    }

    [Fact]
    public void Requests_on_a_warm_connection_allocate_nothing()
    {
        using TlsPair pair = new(_test, _server, _client);
        pair.ShakeHands();
        pair.Carry();
        PinnedOctets word = new("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n"u8);
        long least = long.MaxValue;
        for (int round = 0; round < 50; round++)
        {
            _test.Result(pair.Client.WriteAsync(word.Slice, default, Connection.NoTimeout)).ShouldBe(WriteStatus.Done);
            pair.Carry();
            long before = GC.GetAllocatedBytesForCurrentThread();
            ReadStatus status = pair.Server.TryRead();
            int count = pair.Server.ReceivedCount;
            pair.Server.Consume(count);
            long after = GC.GetAllocatedBytesForCurrentThread();
            (status, count).ShouldBe((ReadStatus.Data, word.Octets.Length));
            least = Math.Min(least, after - before);
        }

        least.ShouldBe(0);
    }

    [System.Runtime.InteropServices.DllImport("libssl.so.3")]
    private static extern int SSL_renegotiate(nint ssl);

    [System.Runtime.InteropServices.DllImport("libssl.so.3")]
    private static extern ulong SSL_clear_options(nint ssl, ulong options);

    [System.Runtime.InteropServices.DllImport("libssl.so.3")]
    private static extern nint SSL_ctrl(nint ssl, int command, nint value, nint pointer);

    [System.Runtime.InteropServices.DllImport("libssl.so.3")]
    private static extern int SSL_key_update(nint ssl, int asksPeer);

    private bool ShakeAndTalk(TlsContext? server = null)
    {
        using TlsPair pair = new(_test, server ?? _server, _client);
        pair.ShakeHands().ShouldBe((ReadStatus.Data, ReadStatus.Data));
        bool isResumed = pair.Client.Tls!.Facts.IsResumed;

        // The tickets come with the server's first octets at the latest.
        Say(pair, pair.Server, pair.Client, "hello").ShouldBe("hello");
        return isResumed;
    }

    private TlsClientContext NewClient(string name = "a.test", TlsCertificate? certificate = null) =>
        TlsClientContext.Create(new TlsClientOptions { ServerName = name, Authorities = _certificate.Pem, Certificate = certificate }, out _).ShouldNotBeNull();

    private string Say(TlsPair pair, Connection from, Connection to, string text)
    {
        PinnedOctets octets = new(Encoding.ASCII.GetBytes(text));
        _test.Result(from.WriteAsync(octets.Slice, default, Connection.NoTimeout)).ShouldBe(WriteStatus.Done);
        return Encoding.ASCII.GetString(ReadAll(pair, to, text.Length));
    }

    private byte[] ReadAll(TlsPair pair, Connection from, int count)
    {
        List<byte> got = [];
        while (got.Count < count)
        {
            Task<ReadStatus> reading = from.ReadAsync(Connection.NoTimeout).AsTask();
            pair.Carry();
            _test.Result(new ValueTask<ReadStatus>(reading)).ShouldBe(ReadStatus.Data);
            got.AddRange(from.Received);
            from.Consume(from.ReceivedCount);
        }

        return [.. got];
    }
}
