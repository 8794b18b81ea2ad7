using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Weir.Admin.Access;
using Weir.Admin.Serving;
using Weir.Config;
using Weir.Modules;

namespace Weir.Cli.Control;

/// <summary>Talks to the admin of a running Weir.</summary>
internal sealed class AdminLink : IDisposable
{
    // A reload reads files and resolves names.
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(2);

    private readonly HttpClient _client;
    private readonly string _place;

    private AdminLink(string place, Uri address, SocketsHttpHandler handler)
    {
        _place = place;
        _client = new HttpClient(handler) { BaseAddress = address, Timeout = _patience };
    }

    /// <summary>Finds the admin by what was given. Null after a message to standard error.</summary>
    /// <param name="admin">A socket's path or a URL; null: the configuration's.</param>
    /// <param name="configFile">The configuration that names the admin; null: the default places.</param>
    /// <param name="tokenFile">The token's file, or null.</param>
    public static async Task<AdminLink?> FindAsync(string? admin, string? configFile, string? tokenFile)
    {
        AdminLink? link = admin is not null ? ToPlace(admin) : configFile is not null ? OfFile(configFile) : await ToFirstAsync();
        if (link is null || tokenFile is null)
        {
            return link;
        }

        if (AdminToken.Read(tokenFile, out string problem) is { } token)
        {
            link._client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
            return link;
        }

        Console.Error.WriteLine($"weir: --token-file {tokenFile} cannot be used: {problem}.");
        link.Dispose();
        return null;
    }

    /// <summary>Asks. Null after a message to standard error: nobody answers.</summary>
    public Task<AdminReply?> GetAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path));

    /// <summary>Tells it to do something. Null after a message to standard error: nobody answers.</summary>
    public Task<AdminReply?> PostAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Post, path));

    /// <summary>Tells it to do something. Null after a message to standard error: nobody answers.</summary>
    public Task<AdminReply?> PostAsync<T>(string path, T body, JsonTypeInfo<T> type) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(JsonSerializer.Serialize(body, type), Encoding.UTF8, "application/json"),
        });

    public void Dispose() => _client.Dispose();

    private static AdminLink ToPlace(string place)
    {
        bool isUrl = place.StartsWith("http://", StringComparison.OrdinalIgnoreCase);
        return isUrl && Uri.TryCreate(place, UriKind.Absolute, out Uri? url)
            ? new AdminLink(place, url, new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
            : ToSocket(place.StartsWith("unix:", StringComparison.Ordinal) ? place["unix:".Length..] : place);
    }

    private static AdminLink ToSocket(string path) => new(path, new Uri("http://localhost/"), new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        ConnectCallback = async (_, cancelled) =>
        {
            Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancelled);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    });

    private static AdminLink? OfFile(string file)
    {
        ConfigResult read = ConfigReader.Read(file, new StandardModules());
        if (Commands.ConfigFile.Report([.. read.Errors.Where(error => !error.IsWarning)]) || read.Config is not { } config)
        {
            return null;
        }

        if (config.Admin.IsOff)
        {
            Console.Error.WriteLine(
                $"weir: {file} says `admin: off`, so that nothing can be told to that Weir. Remove it and restart Weir.");
            return null;
        }

        return ToSocket(AdminPlaces.SocketOf(config));
    }

    private static async Task<AdminLink?> ToFirstAsync()
    {
        IReadOnlyList<string> places = AdminPlaces.Candidates();
        foreach (string path in places)
        {
            using Socket probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await probe.ConnectAsync(new UnixDomainSocketEndPoint(path));
                return ToSocket(path);
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AccessDenied)
            {
                Console.Error.WriteLine($"weir: {path} belongs to another user. Ask as that user, as in `sudo -u weir weir status`.");
                return null;
            }
            catch (Exception exception) when (exception is SocketException or ArgumentException)
            {
                // The next place is tried; below, all of them are told.
            }
        }

        Console.Error.WriteLine(
            $"weir: no Weir answers at {string.Join(" or ", places)}. Start one, or say where it is: --admin SOCKET, or -c FILE.");
        return null;
    }

    private async Task<AdminReply?> SendAsync(HttpRequestMessage request)
    {
        using (request)
        {
            try
            {
                using HttpResponseMessage response = await _client.SendAsync(request);
                return new AdminReply(response.StatusCode, await response.Content.ReadAsStringAsync());
            }
            catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException or IOException)
            {
                string reason = exception.InnerException is SocketException inner ? inner.Message : exception.Message;
                Console.Error.WriteLine($"weir: no Weir answers at {_place}: {reason}. Is it running, and is that its admin?");
                return null;
            }
        }
    }
}
