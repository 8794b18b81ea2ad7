using System.Security.Cryptography;
using Weir.Hosting;
using Weir.Interop.Tests.Peers;

namespace Weir.Interop.Tests.Secure;

/// <summary>Several Weirs with one file of ticket keys, as openssl resumes its sessions with them.</summary>
public sealed class TicketKeysFileTests : IDisposable
{
    private const int KeyOctets = 80;

    private readonly TestAuthority _certificates = new();
    private readonly string _keys;
    private readonly string _session;
    private readonly string _tls;

    public TicketKeysFileTests()
    {
        _keys = Path.Combine(_certificates.Folder, "tickets.key");
        _session = Path.Combine(_certificates.Folder, "session.pem");
        _tls = _certificates.Issue("a", "a.test");
        WriteKeys(RandomNumberGenerator.GetBytes(KeyOctets));
    }

    public void Dispose() => _certificates.Dispose();

    [Theory]
    [InlineData("-tls1_3")]
    [InlineData("-tls1_2")]
    public async Task A_session_of_one_process_is_resumed_by_the_other(string version)
    {
        await using RunningWeir one = await StartAsync();
        await using RunningWeir other = await StartAsync();
        (await AskAsync(one, "-sess_out", _session, version)).ShouldBeFalse();
        (await AskAsync(other, "-sess_in", _session, version)).ShouldBeTrue();
        await using RunningWeir stranger = await StartAsync(named: false);
        (await AskAsync(stranger, "-sess_in", _session, version)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_new_file_is_used_and_its_second_key_still_opens()
    {
        byte[] old = await File.ReadAllBytesAsync(_keys);
        await using RunningWeir weir = await StartAsync();
        (await AskAsync(weir, "-sess_out", _session)).ShouldBeFalse();
        byte[] next = RandomNumberGenerator.GetBytes(KeyOctets);
        WriteKeys([.. next, .. old]);

        // A process that only has the new key resumes a session exactly when the first one seals with it.
        string otherKeys = Path.Combine(_certificates.Folder, "next.key");
        WriteKeys(next, otherKeys);
        await using RunningWeir witness = await StartAsync(file: otherKeys);
        string fresh = Path.Combine(_certificates.Folder, "fresh.pem");
        await UntilAsync(async () =>
        {
            await AskAsync(weir, "-sess_out", fresh);
            return await AskAsync(witness, "-sess_in", fresh);
        });
        (await AskAsync(weir, "-sess_in", _session)).ShouldBeTrue("The key before is the second one.");
    }

    [Fact]
    public async Task A_broken_file_changes_nothing_and_refuses_a_reload()
    {
        await using RunningWeir weir = await StartAsync();
        (await AskAsync(weir, "-sess_out", _session)).ShouldBeFalse();
        WriteKeys(new byte[17]);
        ReloadReport report = await weir.Host.ReloadAsync(RunningWeir.Read(Yaml(_keys)));
        report.IsApplied.ShouldBeFalse();
        report.Errors.ShouldHaveSingleItem().ToString().ShouldContain("it holds 17 octets, and a key has 80");
        (await AskAsync(weir, "-sess_in", _session)).ShouldBeTrue();
    }

    private static async Task<bool> AskAsync(RunningWeir weir, params string[] more)
    {
        (int code, string said) = await SClient.AskAsync(weir.Port, "a.test", more);
        code.ShouldBe(0, said);
        said.ShouldContain("site a");
        return SClient.IsResumed(said);
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(100));
        for (int i = 0; i < 200; i++)
        {
            if (await isSo())
            {
                return;
            }

            await timer.WaitForNextTickAsync();
        }

        Assert.Fail("It did not come true.");
    }

    private Task<RunningWeir> StartAsync(bool named = true, string? file = null) =>
        RunningWeir.StartAsync(Yaml(named ? file ?? _keys : null));

    private string Yaml(string? keys) => $$"""
        process: { loops: 1{{(keys is null ? "" : $", ticket_keys_file: {keys}")}} }
        listen: [{ address: "127.0.0.1:0", tls: true }]
        sites:
          a.test: { stack: [{ respond: { status: 200, body: "site a\n" } }], tls: { {{_tls}} } }
        """;

    private void WriteKeys(byte[] octets, string? path = null)
    {
        File.WriteAllBytes(path ?? _keys, octets);
        File.SetUnixFileMode(path ?? _keys, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
