using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Weir.InMemory.Tests.Harness;

namespace Weir.Bench.Modules.Stacks;

/// <summary>Cookies of clients that have logged in, or solved a puzzle, before anything is measured.</summary>
internal static class Sessions
{
    private const string Host = "Host: shop.example.com";
    private const int TagOctets = 16;
    private const int CodeOctets = 16;

    /// <summary>
    /// A cookie of `auth_oidc` for "bea", as one with that key, issuer and client would have set it (README of the module).
    /// </summary>
    public static string OfProvider(byte[] secret, string issuer, string client)
    {
        long now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        byte[] text = Encoding.UTF8.GetBytes($$$"""{"i":"a-session","t":{{{now}}},"s":{{{now}}},"c":{"sub":"bea"}}""");
        byte[] whole = new byte[17 + text.Length + TagOctets + CodeOctets];
        whole[0] = 2;
        BinaryPrimitives.WriteUInt32LittleEndian(
            whole.AsSpan(1), BinaryPrimitives.ReadUInt32LittleEndian(Derive(secret, 4, "weir auth_oidc cookie id")));
        RandomNumberGenerator.Fill(whole.AsSpan(5, 12));
        using AesGcm cipher = new(Derive(secret, 32, "weir auth_oidc cookie"), TagOctets);
        byte[] use = Encoding.UTF8.GetBytes($"session\n{issuer}\n{client}\nweir");
        cipher.Encrypt(whole.AsSpan(5, 12), text, whole.AsSpan(17, text.Length), whole.AsSpan(17 + text.Length, TagOctets), use);
        byte[] coded = [.. use, 0, .. whole.AsSpan(0, whole.Length - CodeOctets)];
        byte[] code = HMACSHA256.HashData(Derive(secret, 32, "weir auth_oidc cookie code"), coded);
        code.AsSpan(0, CodeOctets).CopyTo(whole.AsSpan(whole.Length - CodeOctets));
        return $"__Host-weir=1{Base64Url.EncodeToString(whole)}";
    }

    /// <summary>The pass that a `challenge` gives for a puzzle of the least difficulty.</summary>
    public static string OfPuzzle(string stack)
    {
        using Proxy proxy = new($$"""
            listen: [":8080"]
            sites:
              "*": { stack: [{{stack}}], routes: [{ to: "http://10.0.0.1:80" }] }
            """);
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", Host, "Weir-Challenge: 1");
        string stamp = client.TakeResponse()["Weir-Challenge"]![..40];
        int number = Enumerable.Range(0, 1000).First(each => SHA256.HashData(Encoding.ASCII.GetBytes($"{stamp}:{each}"))[0] < 128);
        client.SendHead("GET / HTTP/1.1", Host, $"Weir-Challenge: {stamp}:{number}");
        return client.TakeResponse()["Set-Cookie"]!.Split(';')[0];
    }

    private static byte[] Derive(byte[] secret, int octets, string use)
    {
        byte[] key = new byte[octets];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, key, [], Encoding.ASCII.GetBytes(use));
        return key;
    }
}
