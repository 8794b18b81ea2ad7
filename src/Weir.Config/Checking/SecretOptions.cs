using System.Collections;
using Weir.Config.Model;
using Weir.Config.Shapes;
using Weir.Config.Writing;

namespace Weir.Config.Checking;

/// <summary>Finds every option that names a file with a secret, those of modules included.</summary>
public static class SecretOptions
{
    /// <summary>The files, each once.</summary>
    public static IReadOnlyList<SecretFile> Of(WeirConfig config)
    {
        List<SecretFile> found = [];
        AddRecord(config, "", Position.None, found);
        return [.. found.DistinctBy(secret => (secret.File, secret.Position.File))];
    }

    private static void AddRecord(object record, string path, Position around, List<SecretFile> found)
    {
        Position here = record.GetType().GetProperty(nameof(StackEntry.Position))?.GetValue(record) is Position { IsWritten: true } own
            ? own
            : around;
        foreach (OptionShape option in ValueShapes.OfRecord(record.GetType()).Options)
        {
            string name = path.Length == 0 ? option.Name : $"{path}.{option.Name}";
            object? value = option.Property.GetValue(record);
            if (option.Attribute.IsSecretFile && value is string { Length: > 0 } file)
            {
                found.Add(new SecretFile(name, file, here));
            }
            else if (value is not null)
            {
                AddValue(option.Value, value, name, here, found);
            }
        }
    }

    private static void AddValue(ValueShape shape, object value, string path, Position around, List<SecretFile> found)
    {
        switch (shape)
        {
            case RecordShape when value is not ICanBeOff { IsOff: true }:
                AddRecord(value, path, around, found);
                break;
            case ListShape list:
                foreach (object item in (IEnumerable)value)
                {
                    AddItem(list.Item, item, path, around, found);
                }

                break;
            case MapShape map:
                foreach ((string key, object item) in YamlText.Entries((IEnumerable)value))
                {
                    AddItem(map.Value, item, $"{path}.{key}", around, found);
                }

                break;
        }
    }

    private static void AddItem(ValueShape shape, object item, string path, Position around, List<SecretFile> found)
    {
        if (item is not StackEntry entry)
        {
            AddValue(shape, item, path, around, found);
        }
        else if (entry.Options is { } options)
        {
            AddRecord(options, entry.Name, entry.Position, found);
        }
    }
}
