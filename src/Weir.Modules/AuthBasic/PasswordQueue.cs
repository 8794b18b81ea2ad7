using System.Security.Cryptography;
using Weir.Abstractions.Exchanges;

namespace Weir.Modules.AuthBasic;

/// <summary>
/// Hashes passwords away from the loops, a few at once: all modules of the process share it, so that whoever sends passwords takes half of
/// the processors at most. Any thread; one lock around the counts.
/// </summary>
internal sealed class PasswordQueue : IDisposable
{
    // One client, which is an IPv6 network of 64 bits, takes no more of the queue than this.
    private const int MostOfOne = 8;

    private readonly Lock _lock = new();
    private readonly Dictionary<IpAddress, int> _byClient = [];
    private readonly SemaphoreSlim _places;
    private int _waiting;

    public PasswordQueue(int atOnce) => _places = new SemaphoreSlim(atOnce, atOnce);

    /// <summary>Begins to check a password. False: too many wait. The password is wiped afterwards, in any case.</summary>
    /// <param name="client">Who sent it.</param>
    /// <param name="password">The password, which is given over.</param>
    /// <param name="hash">The hash.</param>
    /// <param name="mostWaiting">How many may wait.</param>
    /// <param name="check">Whether the password has that hash.</param>
    public bool TryCheck(IpAddress client, byte[] password, string hash, int mostWaiting, out Task<bool> check)
    {
        check = Task.FromResult(false);
        IpAddress network = client.IsIPv4 ? client : new IpAddress(client.High, 0);
        lock (_lock)
        {
            int ofOne = _byClient.GetValueOrDefault(network);
            if (_waiting >= mostWaiting || ofOne >= MostOfOne)
            {
                CryptographicOperations.ZeroMemory(password);
                return false;
            }

            _waiting++;
            _byClient[network] = ofOne + 1;
        }

        check = Task.Run(() => CheckAsync(network, password, hash));
        return true;
    }

    public void Dispose() => _places.Dispose();

    private async Task<bool> CheckAsync(IpAddress network, byte[] password, string hash)
    {
        try
        {
            await _places.WaitAsync();
            try
            {
                return PasswordHash.IsOf(password, hash);
            }
            finally
            {
                _places.Release();
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(password);
            Leave(network);
        }
    }

    private void Leave(IpAddress network)
    {
        lock (_lock)
        {
            _waiting--;
            int left = _byClient[network] - 1;
            if (left > 0)
            {
                _byClient[network] = left;
            }
            else
            {
                _byClient.Remove(network);
            }
        }
    }
}
