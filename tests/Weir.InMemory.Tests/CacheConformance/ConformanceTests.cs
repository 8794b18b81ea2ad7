namespace Weir.InMemory.Tests.CacheConformance;

/// <summary>Proves that Weir does all that cases.txt asks of a shared cache; docs/conformance/cache.md has who else does.</summary>
public sealed class ConformanceTests
{
    public static TheoryData<string> Names => [.. ConformanceCase.All.Select(known => known.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Weir_does_it(string name)
    {
        using ConformanceRun run = new();
        foreach (string step in ConformanceCase.All.Single(known => known.Name == name).Steps)
        {
            run.Play(step);
        }
    }

    [Fact]
    public void Every_case_has_a_name_of_its_own() =>
        ConformanceCase.All.Select(known => known.Name).Distinct().Count().ShouldBe(ConformanceCase.All.Count);
}
