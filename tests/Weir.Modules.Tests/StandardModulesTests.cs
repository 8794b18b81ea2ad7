using System.Reflection;
using Weir.Abstractions.Modules;
using Weir.Abstractions.Options;
using Weir.Modules.Redirect;

namespace Weir.Modules.Tests;

public sealed class StandardModulesTests
{
    [Fact]
    public void Every_module_is_found_by_its_name()
    {
        StandardModules modules = new();

        modules.All.Select(factory => factory.Name).ShouldBe(["headers", "rewrite", "redirect", "respond", "access", "filter", "rate_limit", "challenge", "concurrency", "bandwidth", "auth_basic", "auth_key", "auth_jwt", "auth_oidc", "auth_cert", "auth_forward", "maintenance", "mirror", "cache", "cors", "csrf", "security_headers", "cloak", "body_limit", "compress", "decompress"]);
        modules.All.ShouldAllBe(factory => ReferenceEquals(modules.Find(factory.Name), factory));
        modules.Find("Headers").ShouldBeNull();
        modules.Find("none").ShouldBeNull();
    }

    [Fact]
    public void Two_modules_of_one_name_are_refused() =>
        Should.Throw<ArgumentException>(() => new StandardModules(new RedirectFactory()));

    [Fact]
    public void Every_option_has_a_text_and_every_module_a_summary()
    {
        HashSet<Type> seen = [];
        foreach (IModuleFactory factory in new StandardModules().All)
        {
            factory.Summary.ShouldEndWith(".");
            CheckOptions(factory.OptionsType, seen);
        }

        seen.Count.ShouldBeGreaterThan(8);
    }

    private static void CheckOptions(Type type, HashSet<Type> seen)
    {
        if (!seen.Add(type))
        {
            return;
        }

        type.GetProperties().Count(property => property.GetCustomAttribute<OptionAttribute>() is { IsShorthand: true })
            .ShouldBeLessThanOrEqualTo(1);
        foreach (PropertyInfo property in type.GetProperties())
        {
            property.GetCustomAttribute<OptionAttribute>().ShouldNotBeNull($"{type.Name}.{property.Name}").Text.ShouldEndWith(".");
            Type inner = property.PropertyType.IsGenericType ? property.PropertyType.GetGenericArguments()[^1] : property.PropertyType;
            if (inner.Name.EndsWith("Options", StringComparison.Ordinal))
            {
                CheckOptions(inner, seen);
            }
        }
    }
}
