using Weir.Interop.Tests.Peers;

namespace Weir.Interop.Tests.Https;

/// <summary>Names that no public authority certifies, as curl sees them.</summary>
public sealed class LocalAuthorityTests : IDisposable
{
    private readonly string _folder = Programs.NewFolder();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Curl_verifies_local_names_and_addresses_by_the_root_that_trust_prints()
    {
        string file = Path.Combine(_folder, "weir.yaml");
        string yaml = $$"""
            listen: [{ address: "127.0.0.1:0", tls: true }]
            process: { data: {{_folder}}/data, loops: 1 }
            sites:
              "localhost, app.internal, 127.0.0.1": { tls: auto, stack: [{ respond: { status: 200, body: "one\n" } }] }
              "*.localhost": { tls: auto, stack: [{ respond: { status: 200, body: "many\n" } }] }
            """;
        await File.WriteAllTextAsync(file, yaml);
        await using RunningWeir weir = await RunningWeir.StartAsync(yaml);
        (int code, string root, string error) = await Programs.RunAsync(Programs.Weir, "trust", "--print", "-c", file);
        (code, error).ShouldBe((0, ""));
        string rootFile = Path.Combine(_folder, "root.pem");
        await File.WriteAllTextAsync(rootFile, root);

        (await CurlAsync(weir, rootFile, "localhost")).ShouldBe("one\n");
        (await CurlAsync(weir, rootFile, "app.internal")).ShouldBe("one\n");
        (await CurlAsync(weir, rootFile, "127.0.0.1")).ShouldBe("one\n");
        (await CurlAsync(weir, rootFile, "a.localhost")).ShouldBe("many\n");
        (await CurlAsync(weir, rootFile, "b.c.localhost")).ShouldBe("many\n");
        weir.Host.Control.Certificates().Select(one => (one.Name, one.Source)).ShouldBe(
            [("127.0.0.1", "local"), ("a.localhost", "local"), ("app.internal", "local"), ("b.c.localhost", "local"), ("localhost", "local")],
            ignoreOrder: true);
        File.GetUnixFileMode(Path.Combine(_folder, "data/local-authority/root.pem")).ShouldBe(
            UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static async Task<string> CurlAsync(RunningWeir weir, string root, string name)
    {
        (int code, string output, string error) = await Programs.RunAsync(
            "curl", "-sS", "-m", "20", "--cacert", root, "--resolve", $"{name}:{weir.Port}:127.0.0.1", $"https://{name}:{weir.Port}/");
        code.ShouldBe(0, error);
        return output;
    }
}
