namespace Weir.Modules.Access;

/// <summary>A list of ranges outside of the configuration.</summary>
internal interface IAddressSource
{
    /// <summary>The option that names it.</summary>
    AccessList List { get; }

    /// <summary>The list as the configuration names it.</summary>
    string Name { get; }

    /// <summary>What it looks like from outside: when it differs, there is another list.</summary>
    ListStamp Stamp();

    /// <summary>Adds its ranges to a table; what is wrong with it is added to the mistakes.</summary>
    void Read(AddressTableBuilder table, List<string> mistakes);
}
