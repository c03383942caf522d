"""The words of pet names."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ADVERBS = _words(
    "barely bravely briefly calmly clearly early easily fairly firmly freely gently gladly happily highly honestly kindly largely lately "
    "lightly mainly mostly nearly neatly newly openly partly plainly purely quickly quietly rarely really safely simply slowly solely "
    "strongly surely truly usually warmly widely wisely"
)
ADJECTIVES = _words(
    "able amber ample awake aware bold brave bright busy calm careful central clean clear clever cool cosmic curious daring dear "
    "deep eager early easy exact fair famous fast fine firm fond free fresh full gentle glad golden good grand great happy helpful "
    "honest ideal intense joint keen kind large light live living lucky magic major mighty model modest moving native neat new noble "
    "normal open patient perfect pleased polite popular precise proud pure quick quiet rapid rare ready regular relaxed rich robust "
    "sacred safe secure sharp shining simple sincere smart smooth social solid special splendid stable steady strong sunny super sure "
    "sweet tender thorough tidy topical touched true trusted unique united useful valid vast vital warm welcome whole wise witty"
)
ANIMALS = _words(
    "albatross ant antelope badger bat bear beaver bee bird bison bonefish buck buffalo camel caribou cat cheetah chipmunk clam cobra "
    "collie condor cougar cow coyote crab crane cricket crow deer dingo dodo dog dolphin donkey dove dragonfly duck eagle eel egret "
    "elephant elk emu falcon ferret finch firefly fish flamingo fox frog gannet gator gazelle gecko gibbon giraffe goat goose gopher "
    "grouse gull hare hawk hedgehog heron hippo horse hound husky ibex iguana impala jackal jaguar jay kangaroo kite kiwi koala krill "
    "lamb lark lemur leopard lion lizard llama lobster lynx macaw magpie mantis marlin marmot marten martin midge mink minnow mole "
    "moose moth mouse mule newt octopus oryx osprey ostrich otter owl ox oyster panda panther parrot peacock pelican penguin phoenix "
    "pig pigeon pony porpoise puffin puma quail rabbit raccoon ram raven reindeer robin rooster salmon seal shark sheep shrew shrimp "
    "skunk sloth snail snake sparrow spider squid stag starling stingray stork sturgeon sunfish swan swift tapir tarpon teal termite "
    "tern terrapin tiger toad trout tuna turkey turtle viper vulture wallaby walrus wasp weasel whale wolf wombat wren yak zebra"
)
