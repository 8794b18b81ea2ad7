using Weir.Abstractions.Exchanges;

namespace Weir.Modules.AuthOidc;

/// <summary>
/// Who may ask the token endpoint at once. A client, which is an IPv6 network of 64 bits, may have as many places as it leaves free: one
/// alone gets half of them, and whoever comes still finds some, until there are as many clients as places. Any thread; one lock.
/// </summary>
internal sealed class LoginPlaces
{
    private readonly Lock _lock = new();
    private readonly Dictionary<IpAddress, int> _byClient = [];
    private readonly int _most;
    private int _taken;

    /// <param name="most">How many places there are.</param>
    public LoginPlaces(int most) => _most = most;

    /// <summary>Takes a place; false: too many are taken, or this client has its share.</summary>
    public bool TryTake(IpAddress client)
    {
        IpAddress network = NetworkOf(client);
        lock (_lock)
        {
            int ofOne = _byClient.GetValueOrDefault(network);
            if (ofOne >= _most - _taken)
            {
                return false;
            }

            _taken++;
            _byClient[network] = ofOne + 1;
            return true;
        }
    }

    /// <summary>Gives it back.</summary>
    public void Leave(IpAddress client)
    {
        IpAddress network = NetworkOf(client);
        lock (_lock)
        {
            _taken--;
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

    private static IpAddress NetworkOf(IpAddress client) => client.IsIPv4 ? client : new IpAddress(client.High, 0);
}
