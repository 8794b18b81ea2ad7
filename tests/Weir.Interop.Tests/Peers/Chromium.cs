namespace Weir.Interop.Tests.Peers;

/// <summary>A headless Chromium that goes to a page and prints what became of it. A profile lasts as long as this object.</summary>
internal sealed class Chromium : IDisposable
{
    private readonly string _profile = Programs.NewFolder();

    /// <summary>The page as it is once it has loaded, wherever scripts and redirections led.</summary>
    public async Task<string> DumpAsync(string url)
    {
        (int code, string output, string error) = await Programs.RunAsync(
            "/usr/bin/chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
            "--no-first-run", "--no-proxy-server", "--ignore-certificate-errors", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            "--user-data-dir=" + _profile, "--dump-dom", url);
        code.ShouldBe(0, error);
        return output;
    }

    public void Dispose() => Directory.Delete(_profile, recursive: true);
}
