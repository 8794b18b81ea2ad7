using Weir.Abstractions.Exchanges;
using Weir.Modules.AuthOidc;
using Weir.Modules.Tests.Testing;

namespace Weir.Modules.Tests.AuthOidc;

public sealed class LoginPlacesTests
{
    [Fact]
    public void A_client_has_as_many_places_as_it_leaves_free()
    {
        LoginPlaces places = new(64);
        Take(places, "192.0.2.1").ShouldBe(32);
        Take(places, "192.0.2.2").ShouldBe(16);
        Take(places, "2001:db8::1").ShouldBe(8);
        Take(places, "2001:db8::2").ShouldBe(0, "It is the same network.");
        Take(places, "2001:db8:0:1::2").ShouldBe(4);
        for (int i = 0; i < 32; i++)
        {
            places.Leave(TestExchange.Address("192.0.2.1"));
        }

        Take(places, "192.0.2.3").ShouldBe(18);
        Take(places, "192.0.2.1").ShouldBe(9);
    }

    [Fact]
    public void Of_as_many_clients_as_there_are_places_each_has_one_and_all_come_back()
    {
        LoginPlaces places = new(64);
        IpAddress[] clients = [.. Enumerable.Range(1, 64).Select(i => TestExchange.Address($"192.0.2.{i}"))];
        clients.ShouldAllBe(client => places.TryTake(client));
        places.TryTake(TestExchange.Address("192.0.2.100")).ShouldBeFalse();
        foreach (IpAddress client in clients)
        {
            places.Leave(client);
        }

        Take(places, "192.0.2.100").ShouldBe(32);
    }

    private static int Take(LoginPlaces places, string client)
    {
        int taken = 0;
        while (places.TryTake(TestExchange.Address(client)))
        {
            taken++;
        }

        return taken;
    }
}
