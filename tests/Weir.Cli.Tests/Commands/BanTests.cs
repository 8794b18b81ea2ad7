using System.Net.Sockets;

namespace Weir.Cli.Tests.Commands;

public sealed class BanTests
{
    private const int SigTerm = 15;

    [Fact]
    public async Task A_ban_cuts_off_at_once_survives_a_restart_and_is_lifted()
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("weir.yaml", $"""
            listen: ["127.0.0.1:0"]
            admin: {"{"} socket: {folder.Path("admin.sock")} {"}"}
            process: {"{"} data: {folder.Path("data")}, loops: 1 {"}"}
            sites: {"{"} "*": {"{"} stack: [respond] {"}"} {"}"}
            """);
        await using (WeirProgram first = WeirProgram.Start("run", "-c", file))
        {
            int port = await first.PortAsync();
            await first.SeeAsync("admin_started");
            (await IsServedAsync(port)).ShouldBeTrue();
            (int code, string output, string errors) = await WeirProgram.RunAsync(
                "ban", "127.0.0.1", "--for", "1h", "--why", "a test", "-c", file);
            code.ShouldBe(0, errors);
            output.ShouldStartWith("127.0.0.1 is banned until ");
            (await IsServedAsync(port)).ShouldBeFalse();
            first.Errors.ShouldContain("address_banned: uid ");
            first.Signal(SigTerm);
            (await first.ExitAsync()).ShouldBe(0);
        }

        await using WeirProgram second = WeirProgram.Start("run", "-c", file);
        int newPort = await second.PortAsync();
        await second.SeeAsync("admin_started");
        (await IsServedAsync(newPort)).ShouldBeFalse();
        (int listed, string list, string why) = await WeirProgram.RunAsync("ban", "list", "-c", file);
        listed.ShouldBe(0, why);
        list.ShouldMatch("127\\.0\\.0\\.1 .*a test");
        (await WeirProgram.RunAsync("reload", "-c", file)).Code.ShouldBe(0);
        (await IsServedAsync(newPort)).ShouldBeFalse();
        (await WeirProgram.RunAsync("ban", "lift", "127.0.0.1", "-c", file)).Output.ShouldBe("The ban of 127.0.0.1 is lifted.\n");
        (await IsServedAsync(newPort)).ShouldBeTrue();
        (await WeirProgram.RunAsync("ban", "list", "-c", file)).Output.ShouldBe("Nobody is banned.\n");
        (int refused, _, string problem) = await WeirProgram.RunAsync("ban", "0.0.0.0/0", "-c", file);
        refused.ShouldBe(1);
        problem.ShouldContain("too large a range");
        (await WeirProgram.RunAsync("ban", "nobody", "-c", file)).Code.ShouldBe(1);
        (await WeirProgram.RunAsync("ban", "-c", file)).Code.ShouldBe(1);
        (await WeirProgram.RunAsync("ban", "127.0.0.1", "--for", "long", "-c", file)).Code.ShouldBe(1);
    }

    private static async Task<bool> IsServedAsync(int port)
    {
        try
        {
            using TcpClient client = new();
            await client.ConnectAsync("127.0.0.1", port);
            await client.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n"u8.ToArray());
            return await client.GetStream().ReadAsync(new byte[16]) > 0;
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            return false;
        }
    }
}
