using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Weir.Abstractions.Files;
using Weir.Acme;
using Weir.Machine;
using Weir.Net.Tls;
using Weir.Telemetry.Events;

namespace Weir.AutomaticHttps;

/// <summary>
/// What ACME brought, in the data directory: a file for each certificate with its key, one beside it with what is remembered, accounts and
/// their keys, the answers of challenges for other processes, and locks. Any thread. What cannot be read is told and set aside.
/// </summary>
internal sealed class CertificateStore
{
    private readonly string _folder;
    private readonly WeirLog _log;

    /// <param name="folder">The folder, which is made when something is first written.</param>
    /// <param name="log">Where operators read.</param>
    public CertificateStore(string folder, WeirLog log)
    {
        _folder = folder;
        _log = log;
    }

    /// <summary>A name's file, with "*." spelt out: no host begins with an underscore that a public issuer certifies.</summary>
    public string PathOf(string name) => Path.Combine(_folder, "certificates", FileName(name) + ".pem");

    /// <summary>A kept certificate; null: there is none that can be used.</summary>
    public (TlsCertificate Certificate, string ChainPem)? Read(string name)
    {
        string path = PathOf(name);
        if (TryRead(path) is not { } text)
        {
            return null;
        }

        byte[] octets = Encoding.UTF8.GetBytes(text);
        string problem = "";
        if (TlsCertificate.TryRead(octets, octets, out problem, out _) is { } certificate)
        {
            if (certificate.Names.Contains(name))
            {
                return (certificate, text);
            }

            problem = $"it is for {string.Join(", ", certificate.Names)}";
        }

        SetAside(path, problem);
        return null;
    }

    /// <summary>When a name's file was written; null: there is none.</summary>
    public DateTime? WrittenAt(string name)
    {
        DateTime written = File.GetLastWriteTimeUtc(PathOf(name));
        return written.Year < 1700 ? null : written;
    }

    /// <summary>Keeps a certificate. False after an event: it ends with this process.</summary>
    public bool Write(string name, PemPair pair) => TryWrite(PathOf(name), pair.Chain.TrimEnd() + "\n" + pair.Key);

    /// <summary>What is remembered of a name; nothing where there is nothing.</summary>
    public SavedCertificate Recall(string name) => ReadJson(NotesOf(name), SavedJson.Default.SavedCertificate) ?? new SavedCertificate();

    /// <summary>Remembers.</summary>
    public void Remember(string name, SavedCertificate notes) =>
        TryWrite(NotesOf(name), JsonSerializer.Serialize(notes, SavedJson.Default.SavedCertificate) + "\n");

    /// <summary>The account at an issuer; null: there is none that can be used.</summary>
    public (AccountKey Key, SavedAccount Account)? ReadAccount(Uri directory)
    {
        string folder = AccountFolder(directory);
        string keyFile = Path.Combine(folder, "account.key");
        if (TryRead(keyFile) is not { } pem)
        {
            return null;
        }

        if (AccountKey.TryRead(pem) is not { } key)
        {
            SetAside(keyFile, "it holds no key on P-256");
            return null;
        }

        return (key, ReadJson(Path.Combine(folder, "account.json"), SavedJson.Default.SavedAccount) ?? new SavedAccount());
    }

    /// <summary>Keeps an account's key, before the issuer hears of it: no account is ever without its key.</summary>
    public bool WriteKey(Uri directory, AccountKey key) => TryWrite(Path.Combine(AccountFolder(directory), "account.key"), key.ExportPem());

    /// <summary>What the file of an account's key looks like: another process may have changed the key.</summary>
    public FileMark KeyMark(Uri directory) => FileMark.Of(Path.Combine(AccountFolder(directory), "account.key"));

    /// <summary>
    /// Keeps the key that an account is about to get, before the issuer hears of it. False after an event: then it must not.
    /// </summary>
    public bool WriteNextKey(Uri directory, AccountKey key) => TryWrite(NextKeyFile(directory), key.ExportPem());

    /// <summary>A key that an account was about to get when a process ended; null: there is none.</summary>
    public AccountKey? ReadNextKey(Uri directory) => TryRead(NextKeyFile(directory)) is { } pem ? AccountKey.TryRead(pem) : null;

    /// <summary>Whether there is such a key.</summary>
    public bool HasNextKey(Uri directory) => File.Exists(NextKeyFile(directory));

    /// <summary>Makes the next key the account's, or forgets it.</summary>
    public void SettleNextKey(Uri directory, bool isTaken)
    {
        try
        {
            if (isTaken)
            {
                File.Move(NextKeyFile(directory), Path.Combine(AccountFolder(directory), "account.key"), overwrite: true);
            }
            else
            {
                File.Delete(NextKeyFile(directory));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _log.Write(OperatorEvents.CertificateStoreFailed, NextKeyFile(directory), exception.Message);
        }
    }

    /// <summary>Keeps an account.</summary>
    public void WriteAccount(Uri directory, SavedAccount account) => TryWrite(
        Path.Combine(AccountFolder(directory), "account.json"), JsonSerializer.Serialize(account, SavedJson.Default.SavedAccount) + "\n");

    /// <summary>Puts a challenge's answer where the other processes of this data directory find it.</summary>
    /// <param name="token">The challenge's token, or a word for it that is a file's name.</param>
    /// <param name="answer">The key authorization.</param>
    public void WriteChallenge(string token, string answer) => TryWrite(ChallengeFile(token), answer);

    /// <summary>Takes it away.</summary>
    public void RemoveChallenge(string token)
    {
        try
        {
            File.Delete(ChallengeFile(token));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A folder that is not there holds no file of it either.
        }
    }

    /// <summary>What another process answers to a token; null: none does.</summary>
    public Task<string?> FindChallengeAsync(string token) =>
        Task.Run(() => File.Exists(ChallengeFile(token)) ? TryRead(ChallengeFile(token)) : null);

    /// <summary>Keeps other processes from doing the same for as long as it is not disposed of. Null: one of them is at it.</summary>
    /// <param name="what">A host name, or another word.</param>
    public IDisposable? TryLock(string what)
    {
        try
        {
            string path = Path.Combine(_folder, "locks", FileName(what) + ".lock");
            PrivateFiles.MakeFolder(_folder);
            PrivateFiles.MakeFolder(Path.GetDirectoryName(path)!);

            // The runtime locks it with flock, which ends with the process however that ends. The file stays: whoever deletes it could
            // take it from under the next one.
            return new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
        catch (IOException) when (Directory.Exists(_folder))
        {
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Where nothing can be written nothing is shared.
            _log.Write(OperatorEvents.CertificateStoreFailed, _folder, exception.Message);
            return new MemoryStream();
        }
    }

    private static string FileName(string name) => name.StartsWith("*.", StringComparison.Ordinal) ? "_wildcard" + name[1..] : name;

    private string NotesOf(string name) => Path.ChangeExtension(PathOf(name), null) + ".json";

    private string ChallengeFile(string token) => Path.Combine(_folder, "challenges", token);

    private string NextKeyFile(Uri directory) => Path.Combine(AccountFolder(directory), "next.key");

    private string AccountFolder(Uri directory) => Path.Combine(
        _folder, "accounts", $"{directory.Host}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(directory.ToString())))[..8]}");

    private T? ReadJson<T>(string path, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return TryRead(path) is { } text ? JsonSerializer.Deserialize(text, type) : null;
        }
        catch (JsonException exception)
        {
            SetAside(path, exception.Message);
            return null;
        }
    }

    private string? TryRead(string path)
    {
        try
        {
            return PrivateFiles.Read(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _log.Write(OperatorEvents.CertificateStoreFailed, path, exception.Message);
            return null;
        }
    }

    private bool TryWrite(string path, string text)
    {
        try
        {
            PrivateFiles.MakeFolder(_folder);
            PrivateFiles.Write(path, Encoding.UTF8.GetBytes(text));
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _log.Write(OperatorEvents.CertificateStoreFailed, path, exception.Message);
            return false;
        }
    }

    private void SetAside(string path, string problem)
    {
        _log.Write(OperatorEvents.CertificateFileDamaged, path, problem);
        try
        {
            PrivateFiles.SetAside(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _log.Write(OperatorEvents.CertificateStoreFailed, path, exception.Message);
        }
    }
}
